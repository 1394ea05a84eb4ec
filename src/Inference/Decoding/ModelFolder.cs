using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>A converted model: text.onnx, vision.onnx, embedding.onnx and the files that came with the checkpoint.</summary>
public sealed class ModelFolder
{
    private ModelFolder(string path, ModelConfig config, string name, string revision)
    {
        FolderPath = path;
        Config = config;
        Name = name;
        Revision = revision;
    }

    public string FolderPath { get; }

    /// <summary>The checkpoint's name.</summary>
    public string Name { get; }

    /// <summary>A hash of the checkpoint, and the precision that it was converted to.</summary>
    public string Revision { get; }

    /// <summary><c>name@revision</c>: what an insight says about its model.</summary>
    public string Identity => $"{Name}@{Revision}";

    internal ModelConfig Config { get; }

    /// <summary>Opens and checks a model folder. The graphs are loaded later.</summary>
    /// <exception cref="ModelFormatException">The folder or one of its files is missing or not usable.</exception>
    public static ModelFolder Open(string path) =>
        new(path, ModelConfig.Read(path), Path.GetFileName(Path.GetFullPath(path)), "");

    /// <summary>Loads the decoder. Takes seconds, and the memory of the weights and of the slots.</summary>
    internal ISequenceModel CreateSequenceModel(SequenceModelOptions options) => throw new NotSupportedException();

    /// <summary>Loads the vision tower.</summary>
    internal IVisionEncoder CreateVisionEncoder(ExecutionProviderOptions options) => throw new NotSupportedException();
}
