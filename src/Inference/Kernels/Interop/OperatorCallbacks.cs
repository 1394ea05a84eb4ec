using System.Runtime.InteropServices;
using System.Text;

namespace Qwen35Batch.Inference.Kernels.Interop;

/// <summary>
/// What ONNX Runtime calls. A kernel is a <see cref="GCHandle"/>, made and freed with its session; an operator lives as long as the
/// process, since a session may ask for it at any time. An exception becomes a status: it must not leave managed code.
/// </summary>
internal static unsafe class OperatorCallbacks
{
    /// <summary>Describes an operator to ONNX Runtime, in memory that is never freed.</summary>
    public static OrtCustomOp* Describe(CpuOperator operation)
    {
        var description = (OrtCustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(OrtCustomOp));
        description->Version = OrtFunctions.Version;
        description->GetName = &GetName;
        description->GetExecutionProviderType = &GetExecutionProviderType;
        description->GetInputType = &GetInputType;
        description->GetInputTypeCount = &GetInputTypeCount;
        description->GetOutputType = &GetOutputType;
        description->GetOutputTypeCount = &GetOutputTypeCount;
        description->GetInputCharacteristic = &GetInputCharacteristic;
        description->GetOutputCharacteristic = &GetOutputCharacteristic;
        description->GetInputMemoryType = &GetInputMemoryType;
        description->CreateKernelV2 = &CreateKernel;
        description->KernelComputeV2 = &Compute;
        description->KernelDestroy = &Destroy;
        description->Name = Text(operation.Name);
        description->Operator = GCHandle.ToIntPtr(GCHandle.Alloc(operation));
        return description;
    }

    /// <summary>A text in UTF-8, in memory that is never freed.</summary>
    public static byte* Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text + "\0");
        var copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return copy;
    }

    private static CpuOperator Operator(OrtCustomOp* operation) => (CpuOperator)GCHandle.FromIntPtr(operation->Operator).Target!;

    [UnmanagedCallersOnly]
    private static byte* GetName(OrtCustomOp* operation) => operation->Name;

    /// <summary>Null stands for the CPU.</summary>
    [UnmanagedCallersOnly]
    private static byte* GetExecutionProviderType(OrtCustomOp* operation) => null;

    /// <summary>0 stands for any type.</summary>
    [UnmanagedCallersOnly]
    private static int GetInputType(OrtCustomOp* operation, nuint index) => (int)(Operator(operation).Inputs[(int)index] ?? 0);

    [UnmanagedCallersOnly]
    private static nuint GetInputTypeCount(OrtCustomOp* operation) => (nuint)Operator(operation).Inputs.Count;

    [UnmanagedCallersOnly]
    private static int GetOutputType(OrtCustomOp* operation, nuint index) => (int)Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float;

    [UnmanagedCallersOnly]
    private static nuint GetOutputTypeCount(OrtCustomOp* operation) => 1;

    /// <summary>0 is required, 1 optional.</summary>
    [UnmanagedCallersOnly]
    private static int GetInputCharacteristic(OrtCustomOp* operation, nuint index) =>
        (int)index >= Operator(operation).Inputs.Count - Operator(operation).OptionalInputs ? 1 : 0;

    [UnmanagedCallersOnly]
    private static int GetOutputCharacteristic(OrtCustomOp* operation, nuint index) => 0;

    /// <summary>0 is the provider's own.</summary>
    [UnmanagedCallersOnly]
    private static int GetInputMemoryType(OrtCustomOp* operation, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static nint CreateKernel(OrtCustomOp* operation, nint api, nint kernelInfo, nint* kernel)
    {
        try
        {
            *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(Operator(operation).CreateKernel(new KernelAttributes(kernelInfo))));
            return 0;
        }
        catch (Exception error)
        {
            return OrtFunctions.Failure(error.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static nint Compute(nint kernel, nint context)
    {
        try
        {
            ((ICpuKernel)GCHandle.FromIntPtr(kernel).Target!).Compute(new KernelContext(context));
            return 0;
        }
        catch (Exception error)
        {
            return OrtFunctions.Failure(error.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Destroy(nint kernel) => GCHandle.FromIntPtr(kernel).Free();
}
