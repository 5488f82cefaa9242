"""One training step of the published PyTorch code on the CPU: forward pass, losses and backward pass, no optimiser.

usage: TRM_REPO=CHECKOUT python published.py SETTINGS   (JSON; bench/src/speed/sides.ts writes them)
Answers lines: "run" with [milliseconds], "end" with {"peakMiB": …}. Needs torch, einops, pydantic and numpy.
"""

import json
import os
import resource
import sys
import time

sys.path.insert(0, os.environ["TRM_REPO"])
settings = json.loads(sys.argv[1])

import torch  # noqa: E402
from models.losses import ACTLossHead  # noqa: E402
from models.recursive_reasoning.trm import TinyRecursiveReasoningModel_ACTV1  # noqa: E402

torch.set_num_threads(settings["threads"])
torch.manual_seed(0)
mixes_tokens = settings["mixer"] == "mlp"
batch, cells = settings["batch"], settings["cells"]
inner = TinyRecursiveReasoningModel_ACTV1(
    {
        "batch_size": batch,
        "seq_len": cells,
        "vocab_size": 11,
        "num_puzzle_identifiers": 1,
        "puzzle_emb_ndim": settings["width"],
        "puzzle_emb_len": settings["prefix"],
        "hidden_size": settings["width"],
        "num_heads": settings["heads"],
        "expansion": 4,
        "H_cycles": settings["recursions"],
        "L_cycles": settings["latentUpdates"],
        "H_layers": 0,
        "L_layers": settings["blocks"],
        "mlp_t": mixes_tokens,
        "pos_encodings": "none" if mixes_tokens else "rope",
        "halt_max_steps": 16,
        "halt_exploration_prob": 0.1,
        "no_ACT_continue": True,
        "forward_dtype": settings["precision"],
    }
)
plain = ACTLossHead(inner, "stablemax_cross_entropy").train()
model = torch.compile(plain, dynamic=False) if settings["compiled"] else plain
data = {
    "inputs": torch.randint(1, 11, (batch, cells), dtype=torch.int32),
    "labels": torch.randint(2, 11, (batch, cells), dtype=torch.int32),
    "puzzle_identifiers": torch.zeros(batch, dtype=torch.int32),
}
carry = plain.initial_carry(data)
warm = False


def step():
    global carry
    carry, loss, _, _, _ = model(carry=carry, batch=data, return_keys=[])
    (loss / batch).backward()
    model.zero_grad(set_to_none=True)


for line in sys.stdin:
    if line.strip() == "end":
        print(json.dumps({"peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
        break
    started = time.perf_counter()
    step()
    if not warm:
        step()  # the carry has another layout after the first step, for which a compiled model is compiled anew
        warm = True
    print(json.dumps([1000 * (time.perf_counter() - started)]), flush=True)
