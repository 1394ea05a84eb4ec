using System.Globalization;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>
/// A value of a task's file that knows where it stands, so that every complaint names the file and the JSON pointer. Complaints are
/// collected, and reading goes on with something in the place of what is wrong: whoever began reading looks whether there are any.
/// </summary>
internal readonly record struct TaskFileNode(JsonElement Element, string File, string Pointer, ICollection<TaskFault> Faults)
{
    public bool IsArray => Element.ValueKind == JsonValueKind.Array;

    public void Complain(string what, bool isOfSchema = false) => Faults.Add(new(
        $"The task file '{File}' cannot be used: at '{(Pointer.Length == 0 ? "/" : Pointer)}', {what}", isOfSchema));

    /// <summary>This node as an object with no other members than these.</summary>
    public TaskFileNode Object(params string[] allowed)
    {
        if (Element.ValueKind != JsonValueKind.Object)
        {
            Complain($"an object is needed with members of {Names(allowed)}.");
            return this with { Element = JsonSerializer.SerializeToElement(new { }) };
        }

        foreach (var member in Element.EnumerateObject())
        {
            if (!allowed.Contains(member.Name, StringComparer.Ordinal))
                At(member.Name, member.Value).Complain($"the member '{member.Name}' is unknown; allowed are {Names(allowed)}.");
        }

        return this;
    }

    /// <summary>A member; null, after a complaint, when it is missing.</summary>
    public TaskFileNode? Required(string name)
    {
        if (Optional(name) is { } member) return member;
        Complain($"the member '{name}' is missing.");
        return null;
    }

    public TaskFileNode? Optional(string name) => Element.TryGetProperty(name, out var value) ? At(name, value) : null;

    public IEnumerable<TaskFileNode> Items(int atLeast)
    {
        if (!IsArray || Element.GetArrayLength() < atLeast)
        {
            Complain(atLeast == 0 ? "an array is needed." : "an array with at least one item is needed.");
            return [];
        }

        var (self, index) = (this, 0);
        return Element.EnumerateArray().Select(item => self.At((index++).ToString(CultureInfo.InvariantCulture), item)).ToList();
    }

    /// <summary>A text; null, after a complaint, when it is none.</summary>
    public string? Text()
    {
        if (Element.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(Element.GetString())) return Element.GetString();
        Complain("a text that is not empty is needed.");
        return null;
    }

    /// <summary>A text, or an array of its lines.</summary>
    public string? Lines()
    {
        if (IsArray && Element.GetArrayLength() > 0 && Element.EnumerateArray().All(line => line.ValueKind == JsonValueKind.String))
            return string.Join('\n', Element.EnumerateArray().Select(line => line.GetString()));
        if (Element.ValueKind == JsonValueKind.String) return Text();
        Complain("a text, or an array of its lines, is needed.");
        return null;
    }

    public bool? Flag()
    {
        if (Element.ValueKind is JsonValueKind.True or JsonValueKind.False) return Element.GetBoolean();
        Complain("true or false is needed.");
        return null;
    }

    public double? Number(TaskBounds bounds)
    {
        if (Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out var value) && bounds.Hold(value)) return value;
        Complain($"a number from {bounds} is needed.");
        return null;
    }

    public int? Integer(TaskBounds bounds)
    {
        if (Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value) && bounds.Hold(value)) return value;
        Complain($"a whole number from {bounds} is needed.");
        return null;
    }

    private static string Names(string[] allowed) => string.Join(", ", allowed.Select(name => $"'{name}'"));

    private TaskFileNode At(string name, JsonElement value) => this with
    {
        Element = value,
        Pointer = $"{Pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}",
    };
}
