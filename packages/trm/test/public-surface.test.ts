import { testPublicSurface } from '../../../testing/public-surface.ts'

testPublicSurface('packages/trm')
