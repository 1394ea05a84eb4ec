using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests;

/// <summary>A reference case as a caller would send it, and the answer that the reference implementation gives.</summary>
internal sealed partial record GoldenChat(IReadOnlyList<ChatMessage> Messages, ChatOptions Options, GoldenCase Case)
{
    private const float NearTie = 0.005f;

    public static string[] Names { get; } =
    [
        "text-short", "text-ja", "text-long", "image-one", "image-two", "video-one", "video-odd-and-image"
    ];

    /// <summary>The reference's tokens up to the first that is as good as another one.</summary>
    public int[] Certain => [.. Case.GreedyIds.Take(Case.GreedyGaps.TakeWhile(gap => gap >= NearTie).Count())];

    public static GoldenChat Read(string name)
    {
        var folder = TestData.Cases("tiny-moe");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, name + ".json")));
        var root = json.RootElement;
        var images = new Queue<string>(root.GetProperty("images").EnumerateArray().Select(file => file.GetString()!));
        var clips = new Queue<string[]>(
            root.GetProperty("video_frames")
                .EnumerateArray()
                .Select(clip => clip.EnumerateArray().Select(file => file.GetString()!).ToArray()));
        var rate = root.GetProperty("fps") is { ValueKind: JsonValueKind.Number } fps ? fps.GetDouble() : 0;
        var pixels = root.GetProperty("pixels");
        return new GoldenChat(
            [
                .. Turn()
                    .Matches(root.GetProperty("text").GetString()!)
                    .Select(turn => new ChatMessage(new ChatRole(turn.Groups[1].Value), [.. Contents(turn.Groups[2].Value)]))
            ],
            new ChatOptions
            {
                MaxOutputTokens = 24,
                AdditionalProperties = new()
                {
                    ["min_pixels"] = pixels.GetProperty("min").GetInt64(),
                    ["max_pixels"] = pixels.GetProperty("max").GetInt64()
                },
            },
            GoldenCase.Read(Path.Combine(folder, name + ".safetensors"), ModelConfig.Read(TestData.Folder("tiny-moe"))));

        IEnumerable<AIContent> Contents(string text)
        {
            foreach (var piece in Media().Split(text).Where(piece => piece.Length > 0))
            {
                if (piece == "{img}")
                {
                    yield return Picture(images.Dequeue());
                }
                else if (piece == "{vid}")
                {
                    var frames = clips.Dequeue();
                    for (var i = 0; i < frames.Length; i++)
                    {
                        var frame = Picture(frames[i]);
                        frame.AdditionalProperties = new() { [ClipFrame.Clip] = frames[0], [ClipFrame.Seconds] = i / rate };
                        yield return frame;
                    }
                }
                else
                {
                    yield return new TextContent(piece);
                }
            }
        }

        DataContent Picture(string file) => new(File.ReadAllBytes(Path.Combine(folder, file)), "image/png");
    }

    [GeneratedRegex(@"<\|im_start\|>(\w+)\n(.*?)<\|im_end\|>", RegexOptions.Singleline)]
    private static partial Regex Turn();

    [GeneratedRegex(@"(\{img\}|\{vid\})")]
    private static partial Regex Media();
}
