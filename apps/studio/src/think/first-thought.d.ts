declare module 'virtual:first-thought' {
  const recording: import('./recording.ts').StoredRecording
  export default recording
}
