using System.Text;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => Path.Combine(_folder.FolderPath, "x.safetensors");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BF16", new[] { 1.5f, -2f, 0.0078125f, 3e38f })]
    [InlineData("F16", new[] { 1.5f, -2f, 0.0078125f, 65504f })]
    [InlineData("F32", new[] { 1.1f, -2.7f, 1e-30f, 3e38f })]
    public void Every_type_is_read_as_it_was_written(string typeName, float[] values)
    {
        var type = Enum.Parse<TensorType>(typeName);
        float[] many = [.. Enumerable.Repeat(values, 30).SelectMany(value => value)];
        using (var writer = new SafetensorsWriter(FilePath, [(new TensorShape("a", 3), type), (new TensorShape("b", 30, 4), type)]))
        {
            writer.Write([1, 2, 3], type);
            writer.Write(many, type);
        }

        using var file = SafetensorsFile.Open(FilePath);
        var tensor = file.Tensors["b"];

        Assert.Equal([30L, 4L], tensor.Shape);
        var tolerance = type == TensorType.BF16 ? 0.01f : 0;
        Assert.All(
            tensor.ReadFloats().Zip(many),
            pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, tolerance * Math.Abs(pair.Second)));
        var part = new float[2];
        tensor.Read(117, part);
        Assert.Equal(tensor.ReadFloats()[117..119], part);
    }

    [Fact]
    public void Brain_floats_round_to_the_nearest_even()
    {
        Assert.Equal(0x3F80, FloatConversion.ToBFloat16(1 + (1 / 256f)));
        Assert.Equal(0x3F82, FloatConversion.ToBFloat16(1 + (3 / 256f)));
        Assert.Equal(0x3F81, FloatConversion.ToBFloat16(1 + (1.1f / 256)));
    }

    [Theory]
    [InlineData("", "has only 0 bytes")]
    [InlineData("\u0001\0\0", "has only 3 bytes")]
    [InlineData(
        "\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF{}", "its header should have 18446744073709551615 bytes, but the file has 10")]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u007F{}", "its header should have 9223372036854775807 bytes")]
    [InlineData("\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000", "its header should have 0 bytes")]
    public void A_file_that_is_none_is_refused(string content, string complaint)
    {
        File.WriteAllBytes(FilePath, Encoding.Latin1.GetBytes(content));

        AssertRefused(complaint);
    }

    [Theory]
    [InlineData("nothing", "is not valid JSON")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("""{"a":1}""", "tensor a has no valid dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "tensor a has no valid dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "tensor a has no valid dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "tensor a has no valid dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", "tensor a has no valid dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "should lie at bytes 8 to 0 of the data, which has 16")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2,4],"data_offsets":[0,32]}}""",
        "tensor a of shape [2, 4] should lie at bytes 0 to 32 of the data, which has 16")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[9223372036854775799,9223372036854775807]}}""",
        "tensor a of shape [2] should lie at")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "tensor a of shape [3] (F32) does not fit its 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", "does not fit its 0 bytes")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        "tensors a and b overlap")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""",
        "names tensor a twice")]
    public void A_hostile_header_is_refused(string header, string complaint)
    {
        File.WriteAllBytes(FilePath, [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[16]]);

        AssertRefused(complaint);
    }

    [Fact]
    public void A_tensor_cannot_be_read_beyond_its_end()
    {
        using (var writer = new SafetensorsWriter(
            FilePath, [(new TensorShape("a", 3), TensorType.F32), (new TensorShape("b", 3), TensorType.F32)]))
        {
            writer.Write([1, 2, 3, 4, 5, 6], TensorType.F32);
        }

        using var file = SafetensorsFile.Open(FilePath);

        Assert.Throws<ArgumentOutOfRangeException>(() => file.Tensors["a"].Read(2, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Tensors["b"].Read(-1, new float[2]));
    }

    private void AssertRefused(string complaint)
    {
        var error = Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(FilePath));
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
        Assert.Contains(FilePath, error.Message, StringComparison.Ordinal);
    }
}
