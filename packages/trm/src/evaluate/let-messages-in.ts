/** Runs of a program follow each other as microtasks: without a pause no message would be read between them. */
export function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    const told = (): void => {
      port1.close()
      resolve()
    }
    port1.addEventListener('message', told)
    port1.start()
    port2.postMessage(null)
  })
}
