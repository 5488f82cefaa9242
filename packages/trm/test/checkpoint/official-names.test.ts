import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fromOfficialName, officialPrefix, toOfficialName } from '../../src/checkpoint/official-names.ts'
import { decodeSafetensors } from '../../src/checkpoint/safetensors.ts'

const recordings = new URL('../../../../bench/test/fixtures/', import.meta.url)

const pairs: [ours: string, official: string][] = [
  ['tokens', 'embed_tokens.embedding_weight'],
  ['positions', 'embed_pos.embedding_weight'],
  ['answerStart', 'H_init'],
  ['latentStart', 'L_init'],
  ['blocks.0.mixer.gateUp', 'L_level.layers.0.mlp_t.gate_up_proj.weight'],
  ['blocks.1.mixer.down', 'L_level.layers.1.mlp_t.down_proj.weight'],
  ['blocks.0.mixer.queryKeyValue', 'L_level.layers.0.self_attn.qkv_proj.weight'],
  ['blocks.12.mixer.output', 'L_level.layers.12.self_attn.o_proj.weight'],
  ['blocks.0.feedForward.gateUp', 'L_level.layers.0.mlp.gate_up_proj.weight'],
  ['blocks.0.feedForward.down', 'L_level.layers.0.mlp.down_proj.weight'],
  ['answerBlocks.3.mixer.output', 'H_level.layers.3.self_attn.o_proj.weight'],
  ['latent1Start', 'L1_init'],
  ['latent6Start', 'L6_init'],
  ['answerHead', 'lm_head.weight'],
  ['haltHead.weight', 'q_head.weight'],
  ['haltHead.bias', 'q_head.bias'],
  ['puzzleTable', 'puzzle_emb.weights'],
]

test('every weight has one name on each side', () => {
  for (const [ours, official] of pairs) {
    assert.equal(toOfficialName(ours), official)
    for (const prefix of ['', 'inner.', 'model.inner.', officialPrefix]) {
      assert.equal(fromOfficialName(prefix + official), ours)
    }
  }
})

test('names of other models are refused with the reason', () => {
  assert.throws(() => fromOfficialName('conv1.weight'), {
    message:
      'fromOfficialName: expected the name of a weight of the published TRM model, got "conv1.weight". The file is a checkpoint of a different model.',
  })
  assert.throws(
    () => toOfficialName('blocks.0.mixer'),
    /expected the name of a TRM weight, got "blocks.0.mixer"/,
  )
})

const recorded = ['trm_att', 'trm_mlp', 'trm_att_learned', 'trm_att_noemb', 'trm_singlez', 'trm_hier6']

for (const name of [...recorded, 'hrm', 'direct']) {
  test(`the weights of ${name} go to our names and back`, () => {
    const { tensors } = decodeSafetensors(readFileSync(new URL(`${name}.safetensors`, recordings)), name)
    const official = [...tensors.keys()].filter((key) => key.startsWith('init.')).map((key) => key.slice(5))
    assert.ok(official.length >= 10, `${official.length} weights`)
    const ours = official.map(fromOfficialName)
    assert.equal(new Set(ours).size, official.length)
    assert.deepEqual(
      ours.map((key) => `inner.${toOfficialName(key)}`),
      official,
    )
  })
}
