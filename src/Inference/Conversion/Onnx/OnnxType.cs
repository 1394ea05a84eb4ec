namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>Element types, with ONNX's numbers for them.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
    UInt32 = 12,
    BFloat16 = 16,
}
