using System.Text;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Endpoints;

namespace Qwen35Batch.Pipeline.Tests.Endpoints;

public sealed class SentPicturesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DataContent Picture(byte red, byte green, byte blue, params (string Name, object Value)[] properties)
    {
        var pixmap = Encoding.ASCII.GetBytes("P6\n64 32\n255\n").Concat(
            Enumerable.Repeat(new[] { red, green, blue }, 64 * 32).SelectMany(pixel => pixel)).ToArray();
        return new(pixmap, ClipFrame.PixmapMediaType)
        {
            AdditionalProperties = new(properties.ToDictionary(each => each.Name, each => (object?)each.Value)),
        };
    }

    private static (ReadOnlyMemory<byte> Data, string MediaType) Sent(DataContent picture, string server, PictureFormat format) =>
        SentPictures.Of(
            [new(ChatRole.User, [picture])], new() { BaseUrl = new(server), Model = "m", Pictures = format })[picture];

    [Theory]
    [InlineData("http://vllm:8000/v1", PictureFormat.Auto, "", "image/jpeg")]
    [InlineData("http://vllm:8000/v1", PictureFormat.Auto, ClipFrame.Seconds, "image/jpeg")]
    [InlineData("http://vllm:8000/v1", PictureFormat.Auto, ClipFrame.Page, "image/png")]
    [InlineData("http://vllm:8000/v1", PictureFormat.Jpeg, ClipFrame.Page, "image/jpeg")]
    [InlineData("http://vllm:8000/v1", PictureFormat.Png, "", "image/png")]
    [InlineData("http://127.0.0.1:8000/v1", PictureFormat.Auto, "", "image/png")]
    [InlineData("http://localhost:8000/v1", PictureFormat.Auto, ClipFrame.Seconds, "image/png")]
    public void Pages_and_what_stays_on_this_machine_lose_nothing(string server, PictureFormat format, string property, string mediaType) =>
        Assert.Equal(mediaType, Sent(property.Length == 0 ? Picture(1, 2, 3) : Picture(1, 2, 3, (property, 1)), server, format).MediaType);

    [Theory]
    [InlineData(200, 200, 200, 1)]
    [InlineData(200, 200, 201, 3)]
    [InlineData(200, 201, 200, 3)]
    public void A_picture_without_colours_is_sent_with_one_channel(byte red, byte green, byte blue, int channels)
    {
        var (data, _) = Sent(Picture(red, green, blue), "http://vllm:8000/v1", PictureFormat.Png);

        using var image = NetVips.Image.NewFromBuffer(data.ToArray());
        Assert.Equal((64, 32, channels), (image.Width, image.Height, image.Bands));
        Assert.Equal(channels == 1 ? [red] : [red, green, blue], image.WriteToMemory<byte>()[..channels]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(48 * 1024)]
    [InlineData((3 * 48 * 1024) + 1)]
    public async Task Media_is_written_into_the_strings_of_the_body(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        var body = new RequestBody("""{"a":"x","b":"y"}"""u8.ToArray(), [(7, data), (15, data)]);
        using var target = new MemoryStream();

        using var content = body.Content();
        await content.CopyToAsync(target, Token);

        var text = Convert.ToBase64String(data);
        Assert.Equal($$"""{"a":"x{{text}}","b":"y{{text}}"}""", Encoding.UTF8.GetString(target.ToArray()));
        Assert.Equal(target.Length, content.Headers.ContentLength);
    }
}
