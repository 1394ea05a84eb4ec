namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>The routed experts of one layer, whether the checkpoint holds them fused or one by one.</summary>
internal sealed class ExpertWeights
{
    private const string FusedGateUp = "experts.gate_up_proj";
    private const string FusedDown = "experts.down_proj";

    private readonly Checkpoint _checkpoint;
    private readonly string _prefix;
    private readonly int _hidden;
    private readonly int _intermediate;
    private readonly CheckpointTensor? _gateUp;
    private readonly CheckpointTensor? _down;

    /// <param name="prefix">The name of the layer's feed-forward part, with the dot.</param>
    public ExpertWeights(Checkpoint checkpoint, string prefix)
    {
        _checkpoint = checkpoint;
        _prefix = prefix;
        var experts = checkpoint.Config.Text.Experts ?? throw new InvalidOperationException("The model has no experts.");
        _hidden = checkpoint.Config.Text.HiddenSize;
        _intermediate = experts.IntermediateSize;
        if (checkpoint.Has(prefix + FusedGateUp) || checkpoint.Has(prefix + FusedDown))
        {
            _gateUp = checkpoint.Tensor(prefix + FusedGateUp, experts.Count, 2 * _intermediate, _hidden);
            _down = checkpoint.Tensor(prefix + FusedDown, experts.Count, _hidden, _intermediate);
        }
    }

    /// <summary><c>[IntermediateSize, HiddenSize]</c>.</summary>
    public RowBlock Gate(int expert) => _gateUp is null
        ? Separate(expert, "gate_proj", _intermediate, _hidden)
        : new RowBlock(_gateUp, 2L * expert * _intermediate, _intermediate, _hidden);

    /// <summary><c>[IntermediateSize, HiddenSize]</c>.</summary>
    public RowBlock Up(int expert) => _gateUp is null
        ? Separate(expert, "up_proj", _intermediate, _hidden)
        : new RowBlock(_gateUp, ((2L * expert) + 1) * _intermediate, _intermediate, _hidden);

    /// <summary><c>[HiddenSize, IntermediateSize]</c>.</summary>
    public RowBlock Down(int expert) => _down is null
        ? Separate(expert, "down_proj", _hidden, _intermediate)
        : new RowBlock(_down, (long)expert * _hidden, _hidden, _intermediate);

    public static bool IsFusedName(string name) =>
        name.EndsWith(FusedGateUp, StringComparison.Ordinal) || name.EndsWith(FusedDown, StringComparison.Ordinal);

    /// <summary>Checks that a fused tensor that is not there is there expert by expert.</summary>
    public static void CheckSeparate(Checkpoint checkpoint, TensorShape fused)
    {
        var separate = Separate(fused).ToArray();
        if (!separate.Any(tensor => checkpoint.Has(tensor.Name)))
        {
            checkpoint.Tensor(fused.Name, fused.Shape);
        }

        Array.ForEach(separate, tensor => checkpoint.Tensor(tensor.Name, tensor.Shape));
    }

    /// <summary>The tensors that stand for a fused one where experts are stored one by one; other tensors as they are.</summary>
    public static IEnumerable<TensorShape> Separate(TensorShape tensor)
    {
        if (!IsFusedName(tensor.Name))
        {
            return [tensor];
        }

        var (experts, rows, columns) = (checked((int)tensor.Shape[0]), tensor.Shape[1], tensor.Shape[2]);
        var prefix = tensor.Name[..tensor.Name.LastIndexOf('.')];
        return tensor.Name.EndsWith(FusedDown, StringComparison.Ordinal)
            ? Enumerable.Range(0, experts).Select(expert => new TensorShape($"{prefix}.{expert}.down_proj.weight", rows, columns))
            : Enumerable.Range(0, 2 * experts)
                .Select(
                    half => new TensorShape($"{prefix}.{half / 2}.{(half % 2 == 0 ? "gate_proj" : "up_proj")}.weight", rows / 2, columns));
    }

    private RowBlock Separate(int expert, string projection, int rows, int columns) =>
        new(_checkpoint.Tensor($"{_prefix}experts.{expert}.{projection}.weight", rows, columns), 0, rows, columns);
}
