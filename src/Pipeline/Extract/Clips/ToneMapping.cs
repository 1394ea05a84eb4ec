using System.Text;
using CliWrap;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Brings high dynamic range down to what a picture of 8 bits shows, where ffmpeg has the filters for it.</summary>
internal sealed class ToneMapping(ToolRunner runner) : IDisposable
{
    /// <summary>The filters: linear light, BT.709 primaries, Hable's curve, back to BT.709.</summary>
    public const string Filters =
        "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0:peak=100,zscale=t=bt709:m=bt709:r=full,"
            + "format=yuv420p";

    private readonly SemaphoreSlim _asking = new(1);
    private bool? _isAvailable;

    public void Dispose() => _asking.Dispose();

    /// <summary>Whether this ffmpeg has the filters. Asked once.</summary>
    public async Task<bool> IsAvailableAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _isAvailable ??= await AskAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        var output = new StringBuilder();
        await runner.RunAsync(
            new()
            {
                Tool = "ffmpeg",
                Arguments = ["-hide_banner", "-filters"],
                Deadline = TimeSpan.FromSeconds(10),
                Subject = "The list of filters",
                Output = PipeTarget.ToStringBuilder(output),
            },
            cancellationToken).ConfigureAwait(false);
        var filters = output.ToString();
        return filters.Contains(" zscale ", StringComparison.Ordinal) && filters.Contains(" tonemap ", StringComparison.Ordinal);
    }
}
