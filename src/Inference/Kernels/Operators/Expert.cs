namespace Qwen35Batch.Inference.Kernels.Operators;

/// <summary>One expert in one computation.</summary>
/// <param name="group">Its rows.</param>
/// <param name="gateUp">Panels of gates and factors, one after the other.</param>
/// <param name="down">Its first panel of the way back.</param>
/// <param name="downStride">Bytes from one of those to the next.</param>
/// <param name="width">Values between the two matrices.</param>
/// <param name="products">Room for those values, of its rows and of those of other experts.</param>
/// <param name="firstProduct">Which of them are those of its first row.</param>
internal readonly unsafe struct Expert(
    ExpertGroup group, byte* gateUp, byte* down, long downStride, int width, PreparedRows products, int firstProduct)
{
    public int First => group.First;

    public int Count => group.Count;

    public int Width => width;

    public int GatePanels => Panels.GatedCount(width);

    public byte* GateUp => gateUp;

    public byte* Down(int panel) => down + (panel * downStride);

    /// <summary>A row's values, with room for those of its last panel.</summary>
    public float* Products(int row) => products.Floats(firstProduct + row);

    /// <summary>The same as the kernel reads them.</summary>
    public byte* Prepared(int row) => products[firstProduct + row];
}
