using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>What a request's options say about its prompt.</summary>
/// <param name="EnableThinking">Additional property <c>enable_thinking</c>; off by default, since insights are asked for as JSON at
/// once.</param>
/// <param name="MinPixels">Additional property <c>min_pixels</c>: of a picture, and of all frames of a clip together.</param>
/// <param name="MaxPixels">Additional property <c>max_pixels</c>, likewise.</param>
/// <param name="Tools">The declared tools as the template writes them.</param>
internal sealed record PromptOptions(bool EnableThinking, long? MinPixels, long? MaxPixels, IReadOnlyList<JsonElement> Tools)
{
    /// <summary>Reads the options.</summary>
    /// <exception cref="InvalidPromptException">A value is not what it should be.</exception>
    public static PromptOptions Read(ChatOptions? options)
    {
        var read = new PromptOptions(
            Property(options, "enable_thinking") switch
            {
                null => false,
                bool value => value,
                JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } json => json.GetBoolean(),
                var other => throw new InvalidPromptException($"The option enable_thinking is {other}: use true or false."),
            },
            Pixels(options, "min_pixels"),
            Pixels(options, "max_pixels"),
            [.. (options?.Tools ?? []).Select(Declare)]);
        return read.MinPixels > read.MaxPixels
            ? throw new InvalidPromptException($"The option min_pixels ({read.MinPixels}) is larger than max_pixels ({read.MaxPixels}).")
            : read;
    }

    /// <summary>The model's limits with those of this request; a limit of the request wins over an opposite one of the model.</summary>
    public PixelLimits Limit(PixelLimits model)
    {
        var min = MinPixels ?? Math.Min(model.Min, MaxPixels ?? long.MaxValue);
        return new(min, MaxPixels ?? Math.Max(model.Max, min));
    }

    private static JsonElement Declare(AITool tool)
    {
        if (tool is not AIFunctionDeclaration function)
        {
            throw new InvalidPromptException(
                $"The tool {tool.Name} is a {tool.GetType().Name}: only functions with a JSON Schema can be declared.");
        }

        return JsonSerializer.SerializeToElement(new
        {
            type = "function",
            function = new { name = function.Name, description = function.Description, parameters = function.JsonSchema },
        });
    }

    private static long? Pixels(ChatOptions? options, string name)
    {
        if (Property(options, name) is not { } value)
            return null;
        return long.TryParse(
            Convert.ToString(value, CultureInfo.InvariantCulture),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var pixels) && pixels > 0
            ? pixels
            : throw new InvalidPromptException($"The option {name} is {value}: use a number of pixels above 0.");
    }

    private static object? Property(ChatOptions? options, string name) =>
        options?.AdditionalProperties is { } properties && properties.TryGetValue(name, out var value) ? value : null;
}
