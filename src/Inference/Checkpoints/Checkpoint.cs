using System.Text.Json;

namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>
/// A Hugging Face checkpoint folder: config.json, and one or many safetensors files (with or without an index). Tensors of the
/// multi-token-prediction head (<c>mtp.*</c>) are passed over.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    private const string IndexName = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);

    private Checkpoint(string folder, ModelConfig config)
    {
        Folder = folder;
        Config = config;
    }

    public string Folder { get; }

    public ModelConfig Config { get; }

    /// <summary>All tensors that are not passed over, by name.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors => _tensors;

    /// <exception cref="ModelFormatException">The folder is not a Qwen3.5 checkpoint, or a file of it is missing or damaged.</exception>
    public static Checkpoint Open(string folder)
    {
        var checkpoint = new Checkpoint(folder, ModelConfig.Read(folder));
        try
        {
            var index = Path.Combine(folder, IndexName);
            if (File.Exists(index))
            {
                checkpoint.OpenIndexed(index);
            }
            else
            {
                checkpoint.OpenAll();
            }

            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A checkpoint whose weights are drawn when they are read: as good as any for measuring speed and memory, and it takes no room on the
    /// disk.
    /// </summary>
    /// <param name="folder">config.json and tokenizer.json.</param>
    /// <param name="seed">Another seed gives other weights.</param>
    /// <exception cref="ModelFormatException">The configuration is not usable.</exception>
    public static Checkpoint OfRandomWeights(string folder, int seed, bool repeats = false)
    {
        var checkpoint = new Checkpoint(folder, ModelConfig.Read(folder));
        foreach (var tensor in CheckpointLayout.Tensors(checkpoint.Config))
        {
            var type = tensor.Name.EndsWith(".A_log", StringComparison.Ordinal) ? TensorType.F32 : TensorType.BF16;
            checkpoint._tensors.Add(tensor.Name, new RandomTensor(folder, tensor, type, seed, repeats));
        }

        return checkpoint;
    }

    /// <summary>The type that all tensors of two or more dimensions outside the vision tower have; null when they differ.</summary>
    public TensorType? MatrixType
    {
        get
        {
            var types = _tensors
                .Where(
                    tensor =>
                        tensor.Value.Shape.Count > 1 && !tensor.Key.StartsWith(CheckpointLayout.VisionPrefix, StringComparison.Ordinal))
                .Select(tensor => tensor.Value.Type)
                .Distinct()
                .ToList();
            return types is [var type] ? type : null;
        }
    }

    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The tensor of that name, which must have that shape and be BF16, F16 or F32.</summary>
    /// <exception cref="ModelFormatException">It is missing, or has another shape or type.</exception>
    public CheckpointTensor Tensor(string name, params ReadOnlySpan<long> shape)
    {
        if (!_tensors.TryGetValue(name, out var tensor))
        {
            throw new ModelFormatException(
                $"{Folder}: tensor {name} of shape {SafetensorsHeader.ShapeText(shape.ToArray())} is in none of its files "
                    + $"({FileNames()}).");
        }

        if (!tensor.Shape.SequenceEqual(shape.ToArray()))
        {
            throw new ModelFormatException(
                $"{tensor.File}: tensor {name} has shape {SafetensorsHeader.ShapeText(tensor.Shape)}, but {ModelConfig.FileName} asks for "
                    + $"{SafetensorsHeader.ShapeText(shape.ToArray())}.");
        }

        return tensor.Type is TensorType.BF16 or TensorType.F16 or TensorType.F32 ? tensor : throw tensor.Unsupported("BF16, F16 or F32");
    }

    /// <summary>Checks that every tensor of the model is there, in the shape that the configuration asks for.</summary>
    /// <exception cref="ModelFormatException">One is not.</exception>
    public void CheckComplete()
    {
        foreach (var expected in CheckpointLayout.Tensors(Config))
        {
            if (ExpertWeights.IsFusedName(expected.Name) && !Has(expected.Name))
            {
                ExpertWeights.CheckSeparate(this, expected);
            }
            else
            {
                Tensor(expected.Name, expected.Shape);
            }
        }
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void OpenIndexed(string index)
    {
        var byFile = ReadIndex(index).Where(entry => !IsPassedOver(entry.Name)).GroupBy(entry => entry.File, StringComparer.Ordinal);
        foreach (var group in byFile)
        {
            var file = Open(group.Key, $"{index} names the file {group.Key}");
            foreach (var (name, _) in group)
            {
                _tensors[name] = file.Tensors.TryGetValue(name, out var tensor)
                    ? tensor
                    : throw new ModelFormatException($"{file.FilePath} lacks tensor {name}, which {index} says is there.");
            }
        }
    }

    private SafetensorsFile Open(string name, string why)
    {
        // A plain name: an index must not make us read files elsewhere.
        if (name.Length == 0 || name != Path.GetFileName(name))
        {
            throw new ModelFormatException($"{why}, which is not the name of a file in the folder.");
        }

        var path = Path.Combine(Folder, name);
        if (!File.Exists(path))
        {
            throw new ModelFormatException($"{why}, which does not exist in {Folder}. Download the checkpoint again.");
        }

        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        return file;
    }

    private void OpenAll()
    {
        var names = Directory.EnumerateFiles(Folder, "*.safetensors")
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (names.Length == 0)
        {
            throw new ModelFormatException($"{Folder} has no *.safetensors files: it is not a Hugging Face checkpoint.");
        }

        foreach (var name in names)
        {
            var file = Open(name, $"{Folder} has the file {name}");
            foreach (var (tensorName, tensor) in file.Tensors.Where(entry => !IsPassedOver(entry.Key)))
            {
                if (!_tensors.TryAdd(tensorName, tensor))
                {
                    throw new ModelFormatException(
                        $"{_tensors[tensorName].File} and {file.FilePath} both have tensor {tensorName}: remove the file that is not part "
                            + $"of the checkpoint.");
                }
            }
        }
    }

    private static List<(string Name, string File)> ReadIndex(string index)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index));
            return [
                .. document.RootElement.GetProperty("weight_map")
                    .EnumerateObject()
                    .Select(entry => (entry.Name, entry.Value.GetString() ?? ""))
            ];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ModelFormatException($"{index} is not a safetensors index: {error.Message}", error);
        }
    }

    private static bool IsPassedOver(string name) => name.StartsWith("mtp.", StringComparison.Ordinal);

    private string FileNames()
    {
        var names = _files.Select(file => Path.GetFileName(file.FilePath)).ToArray();
        return names.Length <= 4 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))} and {names.Length - 3} more";
    }
}
