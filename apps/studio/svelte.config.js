/** TypeScript in components needs no preprocessor: its types are only stripped. */
export default {}
