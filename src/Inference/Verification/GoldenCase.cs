using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Verification;

/// <summary>A prompt, and what the reference implementation makes of it: a safetensors file.</summary>
internal sealed record GoldenCase
{
    public required string Name { get; init; }

    public required int[] TokenIds { get; init; }

    /// <summary><c>[3, tokens]</c>.</summary>
    public required int[] Positions { get; init; }

    /// <summary>The position of the first generated token is the number of tokens plus this.</summary>
    public required int RopeDelta { get; init; }

    public required int ImageTokenId { get; init; }

    /// <summary>Indexes of the tokens that stand for pictures and clips of this case, ascending.</summary>
    public required int[] MediaIndexes { get; init; }

    public required IReadOnlyList<VisionPatches> Images { get; init; }

    public required IReadOnlyList<VisionPatches> Videos { get; init; }

    public required float[] ImageEmbeddings { get; init; }

    public required float[] VideoEmbeddings { get; init; }

    /// <summary>Of the prompt's last tokens, <c>[n, vocabulary]</c>.</summary>
    public required float[] Logits { get; init; }

    public required int[] GreedyIds { get; init; }

    /// <summary>The best logit minus the second best at each step.</summary>
    public required float[] GreedyGaps { get; init; }

    /// <summary>Reads a case, and checks that its tensors belong together and to this model.</summary>
    /// <exception cref="ModelFormatException">They do not, or the file is damaged.</exception>
    public static GoldenCase Read(string file, ModelConfig config)
    {
        using var tensors = SafetensorsFile.Open(file);
        var read = new GoldenCaseReader(tensors, config);
        var ids = read.Integers("input_ids", "[S]");
        var positions = read.Integers("position_ids", "[3, S]");
        var delta = read.Integers("rope_delta", "[1]");
        var logits = read.Floats("logits", "[n, vocabulary]");
        var greedy = read.Integers("greedy_ids", "[n]");
        var gaps = read.Floats("greedy_gap", "[n]");
        var images = read.Media("pixel_values_u8", "image_grid_thw");
        var videos = read.Media("pixel_values_videos_u8", "video_grid_thw");
        var result = new GoldenCase
        {
            Name = Path.GetFileNameWithoutExtension(file),
            TokenIds = ids,
            Positions = positions,
            RopeDelta = delta is [var only] ? only : throw read.Wrong("rope_delta", "[1]"),
            ImageTokenId = config.ImageTokenId,
            MediaIndexes = [.. Enumerable.Range(0, ids.Length).Where(index =>
                (images.Count > 0 && ids[index] == config.ImageTokenId) || (videos.Count > 0 && ids[index] == config.VideoTokenId))],
            Images = images,
            Videos = videos,
            ImageEmbeddings = images.Count > 0 ? read.Floats("image_embeds", "[tokens, hidden]") : [],
            VideoEmbeddings = videos.Count > 0 ? read.Floats("video_embeds", "[tokens, hidden]") : [],
            Logits = logits,
            GreedyIds = greedy,
            GreedyGaps = gaps,
        };
        result.Check(read, config);
        return result;
    }

    private void Check(GoldenCaseReader read, ModelConfig config)
    {
        var (vocabulary, hidden) = (config.Text.VocabularySize, config.Text.HiddenSize);
        read.Demand(TokenIds.Length > 0 && Positions.Length == 3 * TokenIds.Length, "position_ids must be [3, tokens of input_ids]");
        read.Demand(
            Logits.Length > 0 && Logits.Length % vocabulary == 0 && Logits.Length / vocabulary <= TokenIds.Length,
            $"logits must be [n, {vocabulary}], n not more than the tokens");
        read.Demand(GreedyGaps.Length == GreedyIds.Length, "greedy_gap must have an entry for each of greedy_ids");
        CheckMedia("image_embeds", Images, ImageEmbeddings, config.ImageTokenId);
        CheckMedia("video_embeds", Videos, VideoEmbeddings, config.VideoTokenId);

        void CheckMedia(string name, IReadOnlyList<VisionPatches> media, float[] embeddings, int token)
        {
            var tokens = media.Sum(item => item.PatchCount) / config.Vision.MergeUnit;
            read.Demand(media.Count == 0 || embeddings.Length == tokens * hidden, $"{name} must be [{tokens}, {hidden}]");
            read.Demand(
                media.Count == 0 || TokenIds.Count(id => id == token) == tokens,
                $"input_ids must have {tokens} tokens {token}, one a row of {name}");
        }
    }
}
