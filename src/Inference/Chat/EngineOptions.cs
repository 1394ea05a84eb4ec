using System.ComponentModel.DataAnnotations;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Chat;

/// <summary>How the engine in this process runs. The defaults suit two cores and a small model.</summary>
public sealed class EngineOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Engine";

    /// <summary>
    /// A converted model folder, or a Hugging Face checkpoint folder of Qwen3.5, which is converted once into <see cref="CacheFolder"/>.
    /// </summary>
    [Required(
        ErrorMessage = "Engine:ModelFolder is missing. Give a folder made by 'qwen35batch model convert', or a Hugging Face checkpoint "
            + "folder of Qwen3.5.")]
    public string ModelFolder { get; set; } = "";

    /// <summary>
    /// Sequences that are decoded together. Each holds state for <see cref="MaxSequenceTokens"/> tokens from the start; the engine logs how
    /// many bytes that is.
    /// </summary>
    [Range(1, 1024, ErrorMessage = "Engine:Slots must be between {1} and {2}.")]
    public int Slots { get; set; } = 8;

    /// <summary>
    /// Tokens of a sequence, prompt and answer together. A longer request is refused. More than the model knows positions is cut to that.
    /// </summary>
    [Range(64, 1_048_576, ErrorMessage = "Engine:MaxSequenceTokens must be between {1} and {2}.")]
    public int MaxSequenceTokens { get; set; } = 8192;

    /// <summary>
    /// Prompt tokens fed in one step, between two tokens of the running answers. More is faster for prompts, less is smoother for answers.
    /// </summary>
    [Range(16, 1_048_576, ErrorMessage = "Engine:PrefillTokensPerStep must be between {1} and {2}.")]
    public int PrefillTokensPerStep { get; set; } = 512;

    /// <summary>
    /// Patches (16 x 16 pixels) of pictures and clips encoded in one run of the vision tower; a larger one is encoded alone.
    /// </summary>
    [Range(4, 1_048_576, ErrorMessage = "Engine:VisionPatchesPerStep must be between {1} and {2}.")]
    public int VisionPatchesPerStep { get; set; } = 4096;

    /// <summary>Whether pictures and clips are encoded while answers are decoded, and not between two of their tokens.</summary>
    public bool OverlapVision { get; set; } = true;

    /// <summary>
    /// Whether every run of the model has a shape that follows from one request alone, so that a greedy answer has the same bits alone,
    /// among neighbours, and with or without prefix snapshots. Prompts are then fed in whole chunks of <see cref="PrefillTokensPerStep"/>,
    /// pictures encoded one by one, and all slots decoded in every step. A mixture of experts that was converted with <c>--graph fused</c>,
    /// as int8 and int4 are on a machine without AVX-VNNI, depends on the neighbours there: it decodes each answer on its own, at the speed
    /// of a single one.
    /// </summary>
    public bool Deterministic { get; set; }

    /// <summary>
    /// Bytes for the states after shared prompt prefixes, so that the instructions of a task are computed once; 0 keeps none.
    /// </summary>
    [Range(0L, long.MaxValue, ErrorMessage = "Engine:PrefixCacheBytes must be 0 or more.")]
    public long PrefixCacheBytes { get; set; } = 256L << 20;

    /// <summary>Bytes for the embeddings of pictures and clips that may be sent again; 0 keeps none.</summary>
    [Range(0L, long.MaxValue, ErrorMessage = "Engine:EmbeddingCacheBytes must be 0 or more.")]
    public long EmbeddingCacheBytes { get; set; } = 256L << 20;

    /// <summary>
    /// Requests that wait or are prepared at the same time; further callers wait. A waiting picture takes about 6 KB a patch.
    /// </summary>
    [Range(1, 1_000_000, ErrorMessage = "Engine:QueueCapacity must be between {1} and {2}.")]
    public int QueueCapacity { get; set; } = 64;

    /// <summary>Threads of one run of the model on the CPU; 0 for all cores.</summary>
    [Range(0, 1024, ErrorMessage = "Engine:Threads must be between {1} and {2}; 0 takes all cores.")]
    public int Threads { get; set; }

    /// <summary>
    /// <c>Cpu</c>, <c>WebGpu</c>, <c>DirectML</c>, <c>Cuda</c>, or the path of an ONNX Runtime plug-in provider library. All but the first
    /// need a <see cref="RuntimeLibrary"/> or a build that has them.
    /// </summary>
    [Required(ErrorMessage =
        "Engine:ExecutionProvider is empty. Allowed: Cpu, WebGpu, DirectML, Cuda, or the path of a provider library.")]
    public string ExecutionProvider { get; set; } = "Cpu";

    /// <summary>
    /// Another ONNX Runtime library than the one beside the program: a libonnxruntime.so.1, onnxruntime.dll or libonnxruntime.1.dylib.
    /// <c>tools/setup.sh webgpu</c> fetches one that has WebGpu. Null for that one with the provider WebGpu, else for the program's own.
    /// </summary>
    public string? RuntimeLibrary { get; set; }

    /// <summary>
    /// With the provider WebGpu: the GPU, by its number or a part of its name; <c>qwen35batch devices</c> lists them. Null for the best.
    /// </summary>
    public string? Device { get; set; }

    /// <summary>
    /// Bytes of the GPU's memory, which weights and slots must fit into. Null for what its driver says; where it says nothing, nothing is
    /// checked.
    /// </summary>
    [Range(1L, long.MaxValue, ErrorMessage = "Engine:DeviceMemoryBytes must be 1 or more.")]
    public long? DeviceMemoryBytes { get; set; }

    /// <summary>
    /// Whether a model that was converted with <c>--graph gpu</c>, and not to fp32, multiplies in 16-bit floats: faster, and half the
    /// weights of the vision tower. Sums beyond 65,504 are lost, which ends the request. Null where the GPU can (<c>shader-f16</c>).
    /// </summary>
    public bool? HalfPrecision { get; set; }

    /// <summary>Where checkpoints are converted to; null for <c>qwen35batch/models</c> in the user's folder for local data.</summary>
    public string? CacheFolder { get; set; }

    internal ExecutionProviderOptions Execution => new()
    {
        Provider = ExecutionProvider,
        RuntimeLibrary = RuntimeLibrary,
        Device = Device,
        DeviceMemoryBytes = DeviceMemoryBytes,
        HalfPrecision = HalfPrecision,
        Threads = Threads,
    };
}
