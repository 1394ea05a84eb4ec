namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>Rotary positions of standard operators.</summary>
internal static class Rotation
{
    /// <summary>Turns pairs of numbers by their angles.</summary>
    public static (string First, string Second) Turn(ModelGraph graph, string node, string first, string second, string cos, string sin)
    {
        return (
            graph.Add(node + ".turned_first", "Sub", [Product("first_cos", first, cos), Product("second_sin", second, sin)]),
            graph.Add(node + ".turned_second", "Add", [Product("second_cos", second, cos), Product("first_sin", first, sin)]));

        string Product(string name, string values, string angle) => graph.Add($"{node}.{name}", "Mul", [values, angle]);
    }
}
