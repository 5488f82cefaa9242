/** Attributes of primitives: what is done to a result before it is stored. */
import { check, created } from './functions.ts'
import type { Onednn } from './library.ts'

/**
 * @param append adds the post-ops
 * @param use    is given attributes with them
 */
export function withPostOps<T>(
  { functions: { call } }: Onednn,
  append: (postOps: number) => void,
  use: (attributes: number) => T,
): T {
  const attributes = created('dnnl_primitive_attr_create', (out) => call.dnnl_primitive_attr_create(out))
  const postOps = created('dnnl_post_ops_create', (out) => call.dnnl_post_ops_create(out))
  try {
    append(postOps)
    check('dnnl_primitive_attr_set_post_ops', call.dnnl_primitive_attr_set_post_ops(attributes, postOps))
    return use(attributes)
  } finally {
    call.dnnl_post_ops_destroy(postOps)
    call.dnnl_primitive_attr_destroy(attributes)
  }
}
