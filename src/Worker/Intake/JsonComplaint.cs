using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Qwen35Batch.Worker.Intake;

/// <summary>Says what is wrong with a JSON body in the words of its sender; the serializer speaks of .NET's types.</summary>
internal static class JsonComplaint
{
    /// <param name="problem">What the serializer said.</param>
    /// <param name="type">What the body should have been.</param>
    /// <param name="path">The place, such as <c>[2].options.language</c>; empty for the body itself.</param>
    /// <param name="json">How the body was read.</param>
    public static string Of(JsonException problem, Type type, string path, JsonSerializerOptions json)
    {
        // What is no JSON at all is explained well by the serializer.
        if (problem.InnerException is JsonException) return Sentence(problem);

        foreach (var name in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            var info = json.GetTypeInfo(type);
            if (info.Kind == JsonTypeInfoKind.Enumerable)
            {
                type = info.ElementType!;
                continue;
            }

            if (info.Properties.FirstOrDefault(property => property.Name == name) is not { } field)
                return $"is unknown; the fields here are {string.Join(", ", info.Properties.Select(property => property.Name))}.";
            type = Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
        }

        return problem.Message.Contains("could not be converted", StringComparison.Ordinal)
            ? $"takes {Form(type, json)}."
            : Sentence(problem);
    }

    private static string Form(Type type, JsonSerializerOptions json) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => "text",
        TypeCode.Boolean => "true or false",
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Double or TypeCode.Single or TypeCode.Decimal => "a number",
        _ when type == typeof(Guid) => "a UUID",
        _ when json.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable => "a list",
        _ => "an object",
    };

    /// <summary>Without its end, "Path: ... | LineNumber: ...".</summary>
    private static string Sentence(JsonException problem)
    {
        var end = problem.Message.IndexOf(" Path:", StringComparison.Ordinal);
        return end < 0 ? problem.Message : problem.Message[..end];
    }
}
