"""Scores cases of object detection with pycocotools.

reference.py make            writes the cases beside this file again
reference.py score < CASE    prints what pycocotools says of one case
reference.py time < CASE     prints how many seconds pycocotools takes for it, of them in computing overlaps
"""
import contextlib
import io
import json
import math
import os
import random
import sys
import time

from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def index(case, annotations):
    # Without classes, detections of a class that no label has count too.
    kinds = {one["class"] for one in case["labelled"] + (case["detected"] if case["classAgnostic"] else [])}
    coco = COCO()
    coco.dataset = {
        "images": [{"id": i + 1, "width": case["width"], "height": case["height"]} for i in range(case["images"])],
        "categories": [{"id": k, "name": str(k)} for k in sorted(kinds)],
        "annotations": annotations,
    }
    coco.createIndex()
    return coco


def annotation(case, i, one):
    result = {"id": i + 1, "image_id": one["image"] + 1, "category_id": one["class"], "iscrowd": one.get("crowd", 0), "bbox": one["box"]}
    if case["masks"]:
        result["segmentation"] = masks.frPyObjects({"size": [case["height"], case["width"]], "counts": one["mask"]}, case["height"], case["width"])
        area = sum(one["mask"][1::2])
    else:
        area = one["box"][2] * one["box"][3]
    result["area"] = one.get("area", area)
    if "score" in one:
        result["score"] = one["score"]
    return result


def evaluation(case):
    truth, found = (index(case, [annotation(case, i, one) for i, one in enumerate(case[kind])]) for kind in ("labelled", "detected"))
    result = COCOeval(truth, found, "segm" if case["masks"] else "bbox")
    result.params.maxDets = case["maxDetections"]
    result.params.useCats = 0 if case["classAgnostic"] else 1
    return result


def score(case):
    with contextlib.redirect_stdout(io.StringIO()):
        result = evaluation(case)
        result.evaluate()
        result.accumulate()
    short = lambda values: [round(float(value), 9) for value in values.flatten()]
    return {"precision": short(result.eval["precision"].mean(axis=1)), "recall": short(result.eval["recall"])}


def seconds(case):
    spent = [0.0]
    inner = masks.iou

    def iou(*arguments):
        start = time.process_time()
        try:
            return inner(*arguments)
        finally:
            spent[0] += time.process_time() - start

    masks.iou = iou
    with contextlib.redirect_stdout(io.StringIO()):
        result = evaluation(case)
        start = time.process_time()
        result.evaluate()
        result.accumulate()
    return {"seconds": time.process_time() - start, "overlaps": spent[0]}


def ellipse(width, height, box):
    counts, value, length = [], 0, 0
    for x in range(width):
        for y in range(height):
            inside = ((x + 0.5 - box[0]) / box[2] - 0.5) ** 2 + ((y + 0.5 - box[1]) / box[3] - 0.5) ** 2 <= 0.25
            if inside != value:
                counts.append(length)
                value, length = inside, 0
            length += 1
    return counts + [length]


def random_case(seed, with_masks, agnostic, limits):
    draw = random.Random(seed)
    width, height = (128, 128) if with_masks else (400, 300)

    def place():
        w, h = (math.exp(draw.uniform(math.log(8), math.log(side))) for side in (width, height))
        return [draw.uniform(0, width - w), draw.uniform(0, height - h), w, h]

    def near(box):
        w, h = (box[side] * draw.uniform(0.75, 1.3) for side in (2, 3))
        return [box[0] + draw.gauss(0, 0.06) * w, box[1] + draw.gauss(0, 0.06) * h, w, h]

    def thing(image, kind, box, **more):
        box = [round(value) for value in box] if with_masks or draw.random() < 0.5 else [round(value, 2) for value in box]
        return {"image": image, "class": kind, "box": box, **more, **({"mask": ellipse(width, height, box)} if with_masks else {})}

    labelled, detected, images = [], [], 5 if with_masks else 10
    for image in range(images):
        for _ in range(draw.randrange(0, 6)):
            box, kind = place(), draw.randrange(3)
            labelled.append(thing(image, kind, box, **({"crowd": 1} if draw.random() < 0.15 else {}), **({"area": round(box[2] * box[3] * 0.7, 1)} if not with_masks else {})))
            for _ in range(draw.choice([0, 1, 1, 1, 2, 3])):
                detected.append(thing(image, kind if draw.random() < 0.85 else draw.randrange(4), near(box), score=round(draw.random(), 1 if draw.random() < 0.4 else 3)))
        for _ in range(draw.randrange(0, 3)):
            detected.append(thing(image, draw.randrange(4), place(), score=round(draw.random(), 2)))
    return {"masks": with_masks, "classAgnostic": agnostic, "maxDetections": limits, "images": images, "width": width, "height": height, "labelled": labelled, "detected": detected}


if __name__ == "__main__":
    if sys.argv[1] == "make":
        for name, *parts in (("boxes", 1, False, False, [1, 10, 100]), ("few-boxes", 2, False, False, [1, 2, 3]), ("agnostic-boxes", 3, False, True, [1, 10, 100]), ("masks", 4, True, False, [1, 10, 100])):
            case = random_case(*parts)
            case["expected"] = score(case)
            with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".json"), "w", newline="\n") as file:
                file.write(json.dumps(case, separators=(",", ":")) + "\n")
    else:
        print(json.dumps({"score": score, "time": seconds}[sys.argv[1]](json.load(sys.stdin))))
