using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Vision;

public sealed class VisionSettingsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vision-settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_silent_folder_means_the_models_own_limits()
    {
        var settings = VisionSettings.Load(_folder.FullName);
        Assert.Equal(new VisionSettings(), settings);
        Assert.Equal((32, 65536, 25165824), (settings.Factor, settings.Image.Min, settings.Video.Max));
    }

    [Fact]
    public void One_file_with_both_processors_wins_over_separate_ones()
    {
        Write("preprocessor_config.json", """{"size":{"shortest_edge":1,"longest_edge":2}}""");
        Write("video_preprocessor_config.json", """{"size":{"shortest_edge":3000,"longest_edge":4000},"patch_size":16}""");
        Write(
            "processor_config.json",
            """{"image_processor":{"size":{"shortest_edge":4096,"longest_edge":262144},"patch_size":16,"merge_size":2,"image_mean":[0.5,"""
                + """0.5,0.5]}}""");
        var settings = VisionSettings.Load(_folder.FullName);
        Assert.Equal(new PixelLimits(4096, 262144), settings.Image);
        Assert.Equal(new PixelLimits(3000, 4000), settings.Video);

        Write("processor_config.json", """{"video_processor":{"size":{"shortest_edge":5000,"longest_edge":6000}}}""");
        settings = VisionSettings.Load(_folder.FullName);
        Assert.Equal((new PixelLimits(1, 2), new PixelLimits(5000, 6000)), (settings.Image, settings.Video));
    }

    [Theory]
    [InlineData("""{"merge_size":4}""", "merge_size is 4")]
    [InlineData("""{"temporal_patch_size":1}""", "temporal_patch_size is 1")]
    [InlineData("""{"image_mean":[0.48,0.45,0.4]}""", "image_mean")]
    [InlineData("""{"size":{"shortest_edge":9,"longest_edge":3}}""", "make no sense")]
    [InlineData("{", "not a processor configuration")]
    public void What_the_model_does_not_do_is_refused(string json, string why)
    {
        Write("preprocessor_config.json", json);
        var error = Assert.Throws<InvalidDataException>(() => VisionSettings.Load(_folder.FullName));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains("preprocessor_config.json", error.Message, StringComparison.Ordinal);
    }

    private void Write(string name, string json) => File.WriteAllText(Path.Combine(_folder.FullName, name), json);
}
