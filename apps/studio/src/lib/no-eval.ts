/**
 * Checks of recipes without code made at run time. Zod tries once whether it may make some, which the page's policy forbids
 * and Firefox reports. To be imported before anything that has a schema.
 */
import { config } from 'zod'

config({ jitless: true })
