using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Tests.Providers;

public sealed class GpuAdaptersTests
{
    private static readonly GpuAdapter[] Machine =
    [
        new(0, "Intel Iris Xe", GpuKind.Integrated, 0x8086, 1),
        new(1, "NVIDIA RTX 4090", GpuKind.Discrete, 0x10DE, 2),
        new(2, "NVIDIA RTX 3060", GpuKind.Discrete, 0x10DE, 3),
    ];

    [Theory]
    [InlineData(null, 1)]
    [InlineData("", 1)]
    [InlineData("0", 0)]
    [InlineData("2", 2)]
    [InlineData("iris", 0)]
    [InlineData("3060", 2)]
    public void A_gpu_is_chosen_by_number_or_a_part_of_its_name_or_else_the_best(string? device, int index) =>
        Assert.Equal(Machine[index], GpuAdapters.Choose(Machine, device));

    [Theory]
    [InlineData("7", "Engine:Device is \"7\", but no GPU has this number or name. There are: 0 (Intel Iris Xe), 1 (NVIDIA")]
    [InlineData("Radeon", "Engine:Device is \"Radeon\", but no GPU has this number or name. There are: 0")]
    [InlineData("rtx", "Engine:Device is \"rtx\", which is a part of several names. Give a number. There are: 0")]
    public void A_gpu_that_is_not_there_is_answered_with_those_that_are(string device, string sentence)
    {
        var error = Assert.Throws<ExecutionProviderException>(() => GpuAdapters.Choose(Machine, device));

        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_a_gpu_has_none_to_choose()
    {
        Assert.Null(GpuAdapters.Choose([], null));
        Assert.Contains("This machine has none.", Assert.Throws<ExecutionProviderException>(() => GpuAdapters.Choose([], "0")).Message);
    }
}
