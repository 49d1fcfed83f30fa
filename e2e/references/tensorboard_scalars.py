"""Prints, as JSON, the scalars that TensorBoard itself reads from an event file: {tag: [[step, value], …]}."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1])
events.Reload()
print(
    json.dumps(
        {
            tag: [[scalar.step, scalar.value] for scalar in events.Scalars(tag)]
            for tag in events.Tags()["scalars"]
        }
    )
)
