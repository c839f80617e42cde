/** Results of made-up models, for the page. */
import type { Accuracy } from '../../scripts/accuracy/results.ts'
import type { LabelFigures, Operating } from '../../scripts/eval/metrics.ts'

export const figures = (ap50: number): LabelFigures => ({
  ...{
    frames: 20,
    truths: 40,
    ap50,
    ap50to95: ap50 / 2,
    score: 0.1,
    precision: 0.8,
    recall: 0.7,
    falsePerFrame: 0.5,
  },
  best: { confidence: 0.34, precision: 0.88, recall: 0.85 },
  byHeight: [
    { from: 0, to: 16, truths: 0, recall: null },
    { from: 16, to: 32, truths: 10, recall: 0.5 },
    { from: 32, to: 96, truths: 20, recall: 0.75 },
    { from: 96, to: null, truths: 10, recall: 0.8 },
  ],
})

export const operating = (recall: number): Operating => ({
  recall,
  falsePerFrame: 0.875,
  confidence: 0.31,
  truths: 32,
})

export function accuracy(model: string, more: Partial<Accuracy>): Accuracy {
  return {
    ...{ model, measured: '2026-11-26T10:00:00.000Z', sources: { commit: 'abc1234', changed: false } },
    machine: {
      cpu: 'A processor',
      cores: 2,
      memoryGb: 24,
      node: 'v24.21.0',
      onnxruntime: '1.30.0',
      ffmpeg: '5.1',
    },
    weights: { file: `${model}.onnx`, sha256: 'f'.repeat(64), bytes: 3_660_092 },
    step: 1,
    sizes: {},
    ...more,
  }
}

export const objects = accuracy('yolox-nano', {
  sizes: {
    '416x416': {
      'PETS09-S2L1': { pictures: 20, labels: { person: figures(0.9) } },
      traffic: { pictures: 20, labels: { vehicle: figures(0.66), 'two-wheeler': figures(0.19) } },
    },
  },
  costs: { '416x416': { lookMs: 28, modelMs: 27 } },
})

export const faces = accuracy('yunet-n', {
  sizes: {
    '960x544': {
      faces_cctv: { pictures: 8, labels: { face: figures(0.89) }, facesAtOneFalse: operating(0.9375) },
    },
  },
  faces: {
    'long side 960': {
      faces_cctv: { pictures: 8, atThresholds: [operating(0.875)], atOneFalse: operating(0.9375) },
    },
  },
  leaks: {
    'yolox-nano': {
      faces_cctv: { faces: 30, leaked: 3, rate: 0.1, hiddenShare: 0.05 },
      dlib_faces: { faces: 10, leaked: 2, rate: 0.2, hiddenShare: 0.05 },
    },
  },
})

const cost = { lookMs: 9, modelMs: 8 }

export const builtIn = accuracy('skyeye-nano', {
  sizes: {
    '640x384': {
      'PETS09-S2L1': { pictures: 20, labels: { person: figures(0.7) } },
      'MOT16-09': { pictures: 20, labels: { person: figures(0.45) } },
    },
    '416x256': { 'PETS09-S2L1': { pictures: 20, labels: { person: figures(0.6) } } },
  },
  onePass: { ours: cost, objects: cost, faces: cost, ratio: 0.25, modelRatio: 0.2 },
})
