/**
 * Keeps ONNX Runtime from calling home: its binaries for Linux carry a telemetry client (to events.data.microsoft.com) that is on
 * by default. To be imported before onnxruntime-node, and in the main thread: a worker's `process.env` is a copy that native code
 * does not see.
 */
process.env.ORT_DISABLE_TELEMETRY = '1'
