using System.Globalization;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>A value of a task's file that knows where it stands, so that every complaint names the file and the JSON pointer.</summary>
internal readonly record struct TaskFileNode(JsonElement Element, string File, string Pointer)
{
    public InvalidTaskException Problem(string what) =>
        new($"The task file '{File}' cannot be used: at '{(Pointer.Length == 0 ? "/" : Pointer)}', {what}");

    /// <summary>This node as an object with no other members than these.</summary>
    public TaskFileNode Object(params string[] allowed)
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Problem($"an object is needed with members of {Names(allowed)}.");
        foreach (var member in Element.EnumerateObject())
        {
            if (!allowed.Contains(member.Name, StringComparer.Ordinal))
                throw At(member.Name, member.Value).Problem($"the member '{member.Name}' is unknown; allowed are {Names(allowed)}.");
        }

        return this;
    }

    public TaskFileNode Required(string name) => Optional(name) ?? throw Problem($"the member '{name}' is missing.");

    public TaskFileNode? Optional(string name) => Element.TryGetProperty(name, out var value) ? At(name, value) : null;

    public IEnumerable<TaskFileNode> Items(int atLeast)
    {
        if (Element.ValueKind != JsonValueKind.Array || Element.GetArrayLength() < atLeast)
            throw Problem(atLeast == 0 ? "an array is needed." : "an array with at least one item is needed.");
        var (self, index) = (this, 0);
        return Element.EnumerateArray().Select(item => self.At((index++).ToString(CultureInfo.InvariantCulture), item)).ToList();
    }

    public string Text()
    {
        if (Element.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(Element.GetString())) return Element.GetString()!;
        throw Problem("a text that is not empty is needed.");
    }

    /// <summary>A text, or an array of its lines.</summary>
    public string Lines() =>
        Element.ValueKind == JsonValueKind.Array
            && Element.GetArrayLength() > 0
            && Element.EnumerateArray().All(line => line.ValueKind == JsonValueKind.String)
            ? string.Join('\n', Element.EnumerateArray().Select(line => line.GetString()))
            : Element.ValueKind == JsonValueKind.String ? Text() : throw Problem("a text, or an array of its lines, is needed.");

    public bool Flag() => Element.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? Element.GetBoolean()
        : throw Problem("true or false is needed.");

    public double Number(double minimum, double maximum) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out var value) && value >= minimum && value <= maximum
            ? value
            : throw Problem(string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum} is needed."));

    public int Integer(int minimum, int maximum) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value) && value >= minimum && value <= maximum
            ? value
            : throw Problem(string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum} is needed."));

    private static string Names(string[] allowed) => string.Join(", ", allowed.Select(name => $"'{name}'"));

    private TaskFileNode At(string name, JsonElement value) =>
        new(value, File, $"{Pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}");
}
