using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>
/// Turns chat messages into what the model reads: template, tokens, pictures, positions. Thread-safe. Additional properties of the
/// options: <c>enable_thinking</c> (bool, default false), <c>min_pixels</c> and <c>max_pixels</c> (integers).
/// </summary>
internal sealed class PromptBuilder(Qwen35Tokenizer tokenizer, VisionSettings vision)
{
    private readonly int _imageToken = tokenizer.AddedTokenId("<|image_pad|>");
    private readonly int _videoToken = tokenizer.AddedTokenId("<|video_pad|>");
    private readonly int _visionStart = tokenizer.AddedTokenId("<|vision_start|>");
    private readonly int _visionEnd = tokenizer.AddedTokenId("<|vision_end|>");
    private readonly ImageProcessor _images = new(vision);
    private readonly VideoProcessor _videos = new(vision);

    /// <summary>Builds a prompt. Decodes and resizes its pictures: work for the thread pool, not for the engine's loop.</summary>
    /// <param name="messages">The conversation. Frames of a video follow <see cref="ClipFrame"/>.</param>
    /// <param name="options">Instructions, tools and additional properties are read.</param>
    /// <param name="cancellationToken">Looked at before each picture and frame.</param>
    /// <exception cref="InvalidPromptException">A message or a part cannot be sent; the message says which (counted from 0) and
    /// why.</exception>
    public PreparedPrompt Build(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var settings = PromptOptions.Read(options);
        var conversation = new MessageReader();
        conversation.Read(messages, options?.Instructions);
        var rendered = ChatTemplate.Render(
            conversation.Messages, new() { EnableThinking = settings.EnableThinking, Tools = settings.Tools });
        return Build(rendered, conversation.Media, settings, cancellationToken);
    }

    /// <summary>Builds a prompt from what the template wrote.</summary>
    internal PreparedPrompt Build(
        RenderedPrompt rendered, IReadOnlyList<MediaPart> parts, PromptOptions settings, CancellationToken cancellationToken)
    {
        var prompt = new TokenWriter(tokenizer);
        var media = new List<VisionPatches>(parts.Count);
        var sharedPrefix = 0;
        for (var i = 0; i < rendered.Pieces.Count; i++)
        {
            var piece = rendered.Pieces[i];
            if (piece.Kind == PieceKind.Template)
            {
                prompt.Template(piece.Text);
            }
            else if (piece.Kind == PieceKind.Content)
            {
                prompt.Content(piece.Text);
            }
            else
            {
                var part = parts[media.Count];
                media.Add(Encode(part, settings, cancellationToken));
                WriteMedia(part, media[^1], prompt);
            }

            if (i + 1 == rendered.SystemPieces)
                sharedPrefix = prompt.End();
        }

        var tokens = prompt.Finish();
        var (positions, ropeDelta) = MultimodalPositions.Compute(tokens, media, _imageToken, _videoToken);
        return new()
        {
            TokenIds = tokens,
            Positions = positions,
            RopeDelta = ropeDelta,
            Media = media,
            MediaTokenIndexes = [.. Enumerable.Range(0, tokens.Length).Where(i => tokens[i] == _imageToken || tokens[i] == _videoToken)],
            SharedPrefixLength = sharedPrefix,
            PictureCount = parts.Sum(p => p.Frames.Count),
        };
    }

    private VisionPatches Encode(MediaPart part, PromptOptions settings, CancellationToken cancellationToken)
    {
        var current = part.Frames[0];
        try
        {
            return part.Kind == PieceKind.Image
                ? _images.Process(Decode(0), settings.Limit(vision.Image))
                : _videos.Process(part.Frames.Count, Decode, settings.Limit(vision.Video));
        }
        catch (PictureException e)
        {
            throw new InvalidPromptException($"{current.Where}: the picture cannot be sent, {e.Message}.", e);
        }

        RgbImage Decode(int frame)
        {
            cancellationToken.ThrowIfCancellationRequested();
            current = part.Frames[frame];
            return RgbImage.Decode(current.Data);
        }
    }

    private void WriteMedia(MediaPart part, VisionPatches patches, TokenWriter prompt)
    {
        prompt.Add(_visionStart);
        if (part.Kind == PieceKind.Image)
        {
            prompt.Add(_imageToken, patches.TokenCount);
        }
        else
        {
            // The template's own start and end stay around the clip, as in the model's processor since Transformers 5.
            foreach (var seconds in FrameTimes.OfPairs([.. part.Frames.Select(f => f.Seconds)]))
            {
                prompt.Content(ClipFrame.TimeText(seconds));
                prompt.Add(_visionStart);
                prompt.Add(_videoToken, patches.TokenCount / patches.GridTime);
                prompt.Add(_visionEnd);
            }
        }

        prompt.Add(_visionEnd);
    }
}
