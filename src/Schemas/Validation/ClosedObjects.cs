using System.Text.Json;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>
/// Finds the properties of a value that no schema says where some name properties (<see cref="SaidProperties"/>). Schemas that hold the
/// same place say them together. Of alternatives that all fit, those count with which the fewest are left unsaid: an answer is written by
/// one of them. What an enum or a const writes out is said, all of it; what is ruled out says nothing.
/// </summary>
/// <param name="validator">Tells what fits.</param>
internal sealed class ClosedObjects(SchemaValidator validator)
{
    // Ways to choose among alternatives that are tried for one place.
    private const int MostReadings = 64;

    // Readings lead to the same schemas at the same place, one level below the other.
    private readonly Dictionary<(string Pointer, string Schemas), IReadOnlyList<string>> _known = [];

    /// <summary>The JSON pointers of the properties that are not said, in document order.</summary>
    public IReadOnlyList<string> FindUnsaid(Schema schema, JsonElement value) => FindUnsaid([schema], value, "");

    private IReadOnlyList<string> FindUnsaid(IReadOnlyList<Schema> schemas, JsonElement value, string pointer)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return [];
        var key = (pointer, string.Join(',', schemas.Select(schema => schema.Id).Distinct().Order()));
        return _known.TryGetValue(key, out var known) ? known : _known[key] = FindFewest(schemas, value, pointer);
    }

    private IReadOnlyList<string> FindFewest(IReadOnlyList<Schema> schemas, JsonElement value, string pointer)
    {
        IReadOnlyList<string>? fewest = null;
        foreach (var members in Readings(schemas, value, pointer))
        {
            var unsaid = FindWithin(members, value, pointer);
            if (unsaid.Count == 0)
                return unsaid;
            fewest = fewest is null || unsaid.Count < fewest.Count ? unsaid : fewest;
        }

        return fewest!;
    }

    private List<string> FindWithin(IReadOnlyList<Schema> members, JsonElement value, string pointer)
    {
        var unsaid = new List<string>();
        if (members.Any(member => member.Fixed.Count > 0))
            return unsaid;
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var (i, item) in value.EnumerateArray().Index())
            {
                var schemas = members.Select(member => i < member.PrefixItems.Count ? member.PrefixItems[i] : member.Items);
                unsaid.AddRange(FindUnsaid([.. schemas.OfType<Schema>()], item, $"{pointer}/{i}"));
            }
            return unsaid;
        }

        var said = new SaidProperties(members);
        foreach (var property in value.EnumerateObject())
        {
            var at = JsonPointer.Append(pointer, property.Name);
            if (!said.Allow(property.Name))
            {
                unsaid.Add(at);
                continue;
            }

            var schemas = members.SelectMany(member => SaidProperties.SchemasOf(member, property.Name)).ToArray();
            if (schemas.Length == 0)
                schemas = [.. members.Select(member => member.Unevaluated).OfType<Schema>()];
            unsaid.AddRange(FindUnsaid(schemas, property.Value, at));
        }
        return unsaid;
    }

    /// <summary>
    /// The schemas that hold a value, those within others too: first with all alternatives that fit, then with one of each.
    /// </summary>
    private IEnumerable<IReadOnlyList<Schema>> Readings(IReadOnlyList<Schema> schemas, JsonElement value, string pointer)
    {
        bool Fits(Schema schema) => validator.Fits(schema, value, pointer);
        var all = new Reading(value, Fits, null);
        foreach (var schema in schemas)
            all.Add(schema);
        yield return all.Members;
        if (all.Choices == 0)
            yield break;

        // A number in mixed bases says which alternative is taken at each choice that is met.
        var taken = new List<int>();
        for (var count = 0; count < MostReadings; count++)
        {
            var reading = new Reading(value, Fits, taken);
            foreach (var schema in schemas)
                reading.Add(schema);
            yield return reading.Members;
            while (taken.Count > 0 && taken[^1] + 1 >= reading.Counts[taken.Count - 1])
                taken.RemoveAt(taken.Count - 1);
            if (taken.Count == 0)
                yield break;
            taken[^1]++;
        }
    }

    /// <summary>The schemas that hold a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="fits">Whether it fits a schema.</param>
    /// <param name="taken">Which alternative is taken at each choice, filled up with the first; null for all.</param>
    private sealed class Reading(JsonElement value, Func<Schema, bool> fits, List<int>? taken)
    {
        private readonly HashSet<Schema> _seen = [];
        private readonly List<Schema> _members = [];

        public IReadOnlyList<Schema> Members => _members;

        /// <summary>How often several alternatives fit.</summary>
        public int Choices => Counts.Count;

        /// <summary>How many alternatives fit at each choice.</summary>
        public List<int> Counts { get; } = [];

        public void Add(Schema schema)
        {
            if (!_seen.Add(schema))
                return;
            _members.Add(schema);
            if (schema.Reference is { } reference)
                Add(reference);
            foreach (var part in schema.AllOf)
                Add(part);
            AddAlternatives(schema.AnyOf);
            AddAlternatives(schema.OneOf);
            foreach (var (name, dependent) in schema.Dependents)
            {
                if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out _))
                    Add(dependent);
            }

            if (schema.If is not { } condition)
                return;
            var holds = fits(condition);
            if (holds)
                Add(condition);
            if ((holds ? schema.Then : schema.Else) is { } consequence)
                Add(consequence);
        }

        private void AddAlternatives(IReadOnlyList<Schema> alternatives)
        {
            var fitting = alternatives.Where(fits).ToArray();

            // Where none fits, that is what is wrong, and not what they name.
            if (fitting.Length == 0)
                fitting = [.. alternatives];
            if (taken is null || fitting.Length < 2)
            {
                foreach (var alternative in fitting)
                    Add(alternative);
                if (fitting.Length > 1)
                    Counts.Add(fitting.Length);
                return;
            }

            if (taken.Count == Counts.Count)
                taken.Add(0);
            var chosen = fitting[taken[Counts.Count]];
            Counts.Add(fitting.Length);
            Add(chosen);
        }
    }
}
