/** What of a model's depth can be changed without other weights. */
import type { ModelConfig } from '@tiny-recursive-models/trm'

type Shape = Pick<ModelConfig, 'kind' | 'recursions' | 'latentUpdates'>

export type DepthField = 'recursions' | 'latentUpdates'

/** The fields of each kind, as the rules of recipes have them. */
const fieldsOfKind: Readonly<Record<ModelConfig['kind'], readonly DepthField[]>> = {
  trm: ['recursions', 'latentUpdates'],
  'single-state': ['recursions', 'latentUpdates'],
  'multi-scale': ['recursions', 'latentUpdates'],
  denoiser: ['latentUpdates'],
  direct: [],
}

export const depthFields = ({ kind }: Pick<Shape, 'kind'>): readonly DepthField[] => fieldsOfKind[kind]

/** A depth to begin a comparison with that differs from the model's own; nothing where a step has but one call. */
export function shallower(config: Shape): Readonly<Partial<Record<DepthField, number>>> {
  const [field] = [...depthFields(config)]
    .sort((one, other) => config[other] - config[one])
    .filter((name) => config[name] > 1)
  return field === undefined ? {} : { [field]: Math.ceil(config[field] / 2) }
}

/** How a depth is told: T rounds of n updates. */
export function depthWords(config: Shape): string {
  const parts = depthFields(config).map((field) =>
    field === 'recursions' ? `T ${config.recursions}` : `n ${config.latentUpdates}`,
  )
  return parts.length === 0 ? 'one call a step' : parts.join(', ')
}
