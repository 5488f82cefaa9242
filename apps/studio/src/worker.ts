/** Models run here, so that the page never waits for one. */
import { serveModels } from '@tiny-recursive-models/trm/browser'

serveModels()
