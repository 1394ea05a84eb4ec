namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// What went between the memory of the machine and that of the device, where the states stay on the device: bytes that the engine hands
/// over and takes. What an operator moves on its own account is not in it; a mixture of experts reads the number of rows of each expert.
/// </summary>
/// <param name="DecodeSteps">Decode steps.</param>
/// <param name="DecodeBytesUp">Handed over in these.</param>
/// <param name="DecodeBytesDown">Taken in these.</param>
/// <param name="PrefillTokens">Tokens of prompts.</param>
/// <param name="PrefillBytesUp">Handed over for these.</param>
/// <param name="PrefillBytesDown">Taken after these.</param>
public readonly record struct DeviceTraffic(
    long DecodeSteps, long DecodeBytesUp, long DecodeBytesDown, long PrefillTokens, long PrefillBytesUp, long PrefillBytesDown)
{
    public static DeviceTraffic operator +(DeviceTraffic one, DeviceTraffic other) => new(
        one.DecodeSteps + other.DecodeSteps,
        one.DecodeBytesUp + other.DecodeBytesUp,
        one.DecodeBytesDown + other.DecodeBytesDown,
        one.PrefillTokens + other.PrefillTokens,
        one.PrefillBytesUp + other.PrefillBytesUp,
        one.PrefillBytesDown + other.PrefillBytesDown);

    public static DeviceTraffic operator -(DeviceTraffic one, DeviceTraffic other) => new(
        one.DecodeSteps - other.DecodeSteps,
        one.DecodeBytesUp - other.DecodeBytesUp,
        one.DecodeBytesDown - other.DecodeBytesDown,
        one.PrefillTokens - other.PrefillTokens,
        one.PrefillBytesUp - other.PrefillBytesUp,
        one.PrefillBytesDown - other.PrefillBytesDown);
}
