using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>Collects the text, pictures and clips of one message; consecutive frames of one clip become one video.</summary>
/// <param name="media">Where the request's pictures and clips are appended.</param>
internal sealed class MediaCollector(List<MediaPart> media)
{
    private readonly List<PromptPiece> _pieces = [];
    private List<MediaFrame> _frames = [];
    private string? _clip;

    /// <summary>Takes a part of the message.</summary>
    /// <exception cref="InvalidPromptException">The model does not take such a part.</exception>
    public void Add(AIContent part, string where)
    {
        if (part is UriContent uri)
            part = Local(uri, where);
        if (part is not DataContent data)
        {
            EndClip();
            _pieces.Add(part is TextContent text
                ? PromptPiece.Content(text.Text)
                : throw new InvalidPromptException(
                    $"{where} is a {part.GetType().Name}, which cannot stand there: send text, pictures and the frames of videos."));
            return;
        }

        if (!data.HasTopLevelMediaType("image"))
            throw new InvalidPromptException($"{where} is {data.MediaType}: {Advice(data)}");
        var clip = Property(data, ClipFrame.Clip)?.ToString();
        if (clip is null)
        {
            EndClip();
            media.Add(new(PieceKind.Image, [new(data.Data, 0, where)]));
            _pieces.Add(PromptPiece.Image);
            return;
        }

        if (clip != _clip)
            EndClip();
        _clip = clip;
        _frames.Add(new(data.Data, Seconds(data, where), where));
    }

    /// <summary>Returns the message's content.</summary>
    public IReadOnlyList<PromptPiece> Finish()
    {
        EndClip();
        return _pieces;
    }

    private void EndClip()
    {
        if (_clip is null)
            return;
        media.Add(new(PieceKind.Video, _frames));
        _pieces.Add(PromptPiece.Video);
        _frames = [];
        _clip = null;
    }

    private static DataContent Local(UriContent uri, string where)
    {
        if (!string.Equals(uri.Uri.Scheme, "data", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidPromptException(
                $"{where} points to {uri.Uri.Scheme}://{uri.Uri.Host}: nothing is fetched here, send the picture itself.");
        }

        try
        {
            return new(uri.Uri.OriginalString) { AdditionalProperties = uri.AdditionalProperties };
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new InvalidPromptException($"{where} is not a valid data: URI: {e.Message}", e);
        }
    }

    private double Seconds(DataContent data, string where)
    {
        var seconds = Property(data, ClipFrame.Seconds) switch
        {
            JsonElement { ValueKind: JsonValueKind.Number } json => json.GetDouble(),
            JsonElement or string or null => double.NaN,
            IConvertible number => number.ToDouble(CultureInfo.InvariantCulture),
            _ => double.NaN,
        };
        if (!double.IsFinite(seconds) || seconds < 0 || (_frames.Count > 0 && seconds < _frames[^1].Seconds))
        {
            throw new InvalidPromptException(
                $"{where} is a frame of the clip \"{_clip}\" without a time that follows the frame before it: set {ClipFrame.Seconds} to "
                    + $"its seconds.");
        }

        return seconds;
    }

    private static string Advice(DataContent data) => data.HasTopLevelMediaType("video")
        ? "send the frames of the video as pictures with their times."
        : data.HasTopLevelMediaType("audio")
            ? "Qwen3.5 takes no audio: transcribe it first."
            : "Qwen3.5 takes text, pictures and the frames of videos.";

    private static object? Property(DataContent data, string name) =>
        data.AdditionalProperties is { } properties && properties.TryGetValue(name, out var value) ? value : null;
}
