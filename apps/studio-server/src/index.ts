/** The server behind `trm studio`. */
export type * from './api.ts'
export { type StudioLimits, studioLimits } from './limits.ts'
export { type Studio, type StudioOptions, startStudio } from './studio.ts'
