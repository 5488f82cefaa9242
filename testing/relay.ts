/**
 * The cable of `network.ts`: hands packets from one TUN device to another, late, or not at all. Its arguments are names of
 * devices, in the order of the last part of their addresses; a line of JSON on its input says what the cable is like from
 * then on.
 */
import { openSync, read, write } from 'node:fs'
import { createInterface } from 'node:readline'
import { RandomStream } from '@tiny-recursive-models/tensor'
import koffi from 'koffi'

/** What a cable does to every packet, each way. */
export interface Cable {
  readonly delayMs: number
  /** Share of the packets that get lost; 1 is a cable that was pulled. */
  readonly loss: number
}

/** From linux/if_tun.h: packets of IP without a header before them. */
const setInterface = 0x400454ca
const tunWithoutHeader = 0x0001 | 0x1000
const nameBytes = 16
/** Of a packet of IPv4: 20 bytes of header at least, the last of them the end of the address that it goes to. */
const headerBytes = 20
const addressEnd = 19

let cable: Cable = { delayMs: 0, loss: 0 }
const losses = new RandomStream(0, 'packets lost')
const ioctl = koffi.load('libc.so.6').func('int ioctl(int, ulong, void *)')
const devices = process.argv.slice(2).map(openDevice)
for (const device of devices) take(device, Buffer.alloc(65_536))
createInterface(process.stdin).on('line', (line) => {
  cable = JSON.parse(line) as Cable
  process.stdout.write('set\n')
})
process.stdout.write('open\n')

function openDevice(name: string): number {
  const device = openSync('/dev/net/tun', 'r+')
  const request = Buffer.alloc(40)
  request.write(name, 'latin1')
  request.writeUInt16LE(tunWithoutHeader, nameBytes)
  if (ioctl(device, setInterface, request) !== 0) throw new Error(`TUN device ${name}: not given`)
  return device
}

function take(device: number, buffer: Buffer): void {
  read(device, buffer, 0, buffer.length, null, (error, length) => {
    // A device that is not up yet has nothing to give.
    if (error) setTimeout(take, 10, device, buffer)
    else {
      if (length >= headerBytes) pass(Buffer.from(buffer.subarray(0, length)))
      take(device, buffer)
    }
  })
}

function pass(packet: Buffer): void {
  const to = devices[packet[addressEnd]! - 1]
  if (to === undefined || losses.float() < cable.loss) return
  const hand = () => write(to, packet, () => undefined)
  if (cable.delayMs > 0) setTimeout(hand, cable.delayMs)
  else hand()
}
