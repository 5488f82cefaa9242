import assert from 'node:assert/strict'
import { test } from 'node:test'
import { otherAddresses } from '../src/options/studio-address.ts'

const facts = { netmask: '', mac: '', cidr: null }
const interfaces = {
  lo: [{ ...facts, address: '127.0.0.1', family: 'IPv4' as const, internal: true }],
  eth0: [
    { ...facts, address: '192.168.1.5', family: 'IPv4' as const, internal: false },
    { ...facts, address: 'fe80::1', family: 'IPv6' as const, internal: false, scopeid: 2 },
    { ...facts, address: '2001:db8::5', family: 'IPv6' as const, internal: false, scopeid: 0 },
  ],
}

test('a studio that listens everywhere is told by the addresses that others reach it at', () => {
  assert.deepEqual(otherAddresses('0.0.0.0', 4747, interfaces), ['http://192.168.1.5:4747/'])
  assert.deepEqual(otherAddresses('::', 80, interfaces), [
    'http://192.168.1.5:80/',
    'http://[2001:db8::5]:80/',
  ])
  for (const host of ['127.0.0.1', 'localhost', '192.168.1.5'])
    assert.deepEqual(otherAddresses(host, 1, interfaces), [])
})
