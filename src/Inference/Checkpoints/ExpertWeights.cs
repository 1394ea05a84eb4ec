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
    private readonly SafetensorsTensor? _gateUp;
    private readonly SafetensorsTensor? _down;

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
        var gateUp = fused.Name.EndsWith(FusedGateUp, StringComparison.Ordinal);
        var prefix = fused.Name[..^(gateUp ? FusedGateUp : FusedDown).Length];
        if (!checkpoint.Has($"{prefix}experts.0.{(gateUp ? "gate_proj" : "down_proj")}.weight"))
        {
            checkpoint.Tensor(fused.Name, fused.Shape);
        }

        var weights = new ExpertWeights(checkpoint, prefix);
        for (var expert = 0; expert < fused.Shape[0]; expert++)
        {
            if (gateUp)
            {
                weights.Gate(expert);
                weights.Up(expert);
            }
            else
            {
                weights.Down(expert);
            }
        }
    }

    private RowBlock Separate(int expert, string projection, int rows, int columns) =>
        new(_checkpoint.Tensor($"{_prefix}experts.{expert}.{projection}.weight", rows, columns), 0, rows, columns);
}
