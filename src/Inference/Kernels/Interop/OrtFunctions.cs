using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Qwen35Batch.Inference.Kernels.Interop;

/// <summary>
/// The functions of ONNX Runtime's C interface that an operator needs and the managed package does not offer. The interface is a table that
/// only ever grows at its end, so a function's index never changes.
/// </summary>
internal static unsafe partial class OrtFunctions
{
    /// <summary>The first version that has all of these functions.</summary>
    public const uint Version = 17;

    private const int CreateStatusIndex = 0;
    private const int GetErrorMessageIndex = 2;
    private const int CreateCustomOpDomainIndex = 26;
    private const int CustomOpDomainAddIndex = 27;
    private const int AddCustomOpDomainIndex = 28;
    private const int GetTensorMutableDataIndex = 51;
    private const int GetTensorElementTypeIndex = 60;
    private const int GetDimensionsCountIndex = 61;
    private const int GetDimensionsIndex = 62;
    private const int GetTensorTypeAndShapeIndex = 65;
    private const int KernelInfoGetAttributeInt64Index = 86;
    private const int KernelContextGetInputCountIndex = 88;
    private const int KernelContextGetInputIndex = 90;
    private const int KernelContextGetOutputIndex = 91;
    private const int ReleaseStatusIndex = 93;
    private const int ReleaseTensorTypeAndShapeInfoIndex = 99;
    private const int KernelContextParallelForIndex = 274;

    private const int FailCode = 1;

    private static readonly void** Table = TableOf(Version);

    /// <summary>Where each function is, by its name in the C header.</summary>
    public static IReadOnlyDictionary<string, int> Indexes { get; } = new Dictionary<string, int>
    {
        ["CreateStatus"] = CreateStatusIndex,
        ["GetErrorMessage"] = GetErrorMessageIndex,
        ["CreateCustomOpDomain"] = CreateCustomOpDomainIndex,
        ["CustomOpDomain_Add"] = CustomOpDomainAddIndex,
        ["AddCustomOpDomain"] = AddCustomOpDomainIndex,
        ["GetTensorMutableData"] = GetTensorMutableDataIndex,
        ["GetTensorElementType"] = GetTensorElementTypeIndex,
        ["GetDimensionsCount"] = GetDimensionsCountIndex,
        ["GetDimensions"] = GetDimensionsIndex,
        ["GetTensorTypeAndShape"] = GetTensorTypeAndShapeIndex,
        ["KernelInfoGetAttribute_int64"] = KernelInfoGetAttributeInt64Index,
        ["KernelContext_GetInputCount"] = KernelContextGetInputCountIndex,
        ["KernelContext_GetInput"] = KernelContextGetInputIndex,
        ["KernelContext_GetOutput"] = KernelContextGetOutputIndex,
        ["ReleaseStatus"] = ReleaseStatusIndex,
        ["ReleaseTensorTypeAndShapeInfo"] = ReleaseTensorTypeAndShapeInfoIndex,
        ["KernelContext_ParallelFor"] = KernelContextParallelForIndex,
    };

    /// <summary>A status that reports an error; ONNX Runtime frees it.</summary>
    public static nint Failure(string message)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(message + "\0"))
        {
            return ((delegate* unmanaged<int, byte*, nint>)Table[CreateStatusIndex])(FailCode, text);
        }
    }

    /// <summary>A set of operators that sessions can be given.</summary>
    public static nint CreateDomain(byte* name)
    {
        nint domain;
        Check(((delegate* unmanaged<byte*, nint*, nint>)Table[CreateCustomOpDomainIndex])(name, &domain));
        return domain;
    }

    public static void AddOperator(nint domain, OrtCustomOp* operation) =>
        Check(((delegate* unmanaged<nint, OrtCustomOp*, nint>)Table[CustomOpDomainAddIndex])(domain, operation));

    public static void AddDomain(nint sessionOptions, nint domain) =>
        Check(((delegate* unmanaged<nint, nint, nint>)Table[AddCustomOpDomainIndex])(sessionOptions, domain));

    /// <summary>An attribute of the node that a kernel is created for.</summary>
    public static long Attribute(nint kernelInfo, ReadOnlySpan<byte> name)
    {
        long value;
        fixed (byte* text = name)
        {
            Check(((delegate* unmanaged<nint, byte*, long*, nint>)Table[KernelInfoGetAttributeInt64Index])(kernelInfo, text, &value));
        }

        return value;
    }

    public static int InputCount(nint context)
    {
        nuint count;
        Check(((delegate* unmanaged<nint, nuint*, nint>)Table[KernelContextGetInputCountIndex])(context, &count));
        return checked((int)count);
    }

    public static nint Input(nint context, int index)
    {
        nint value;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)Table[KernelContextGetInputIndex])(context, (nuint)index, &value));
        return value;
    }

    public static nint Output(nint context, int index, ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* dims = shape)
        {
            Check(((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)Table[KernelContextGetOutputIndex])(
                context, (nuint)index, dims, (nuint)shape.Length, &value));
        }

        return value;
    }

    public static void* Data(nint value)
    {
        void* data;
        Check(((delegate* unmanaged<nint, void**, nint>)Table[GetTensorMutableDataIndex])(value, &data));
        return data;
    }

    public static (TensorElementType Type, long[] Shape) TypeAndShape(nint value)
    {
        nint info;
        Check(((delegate* unmanaged<nint, nint*, nint>)Table[GetTensorTypeAndShapeIndex])(value, &info));
        try
        {
            int type;
            nuint count;
            Check(((delegate* unmanaged<nint, int*, nint>)Table[GetTensorElementTypeIndex])(info, &type));
            Check(((delegate* unmanaged<nint, nuint*, nint>)Table[GetDimensionsCountIndex])(info, &count));
            var shape = new long[count];
            fixed (long* dims = shape)
            {
                Check(((delegate* unmanaged<nint, long*, nuint, nint>)Table[GetDimensionsIndex])(info, dims, count));
            }

            return ((TensorElementType)type, shape);
        }
        finally
        {
            ((delegate* unmanaged<nint, void>)Table[ReleaseTensorTypeAndShapeInfoIndex])(info);
        }
    }

    /// <summary>Calls a function for 0 to total - 1 on the session's threads, each taking the next number when it is free.</summary>
    public static void ParallelFor(nint context, delegate* unmanaged<nint, nuint, void> function, int total, nint state)
    {
        var run = (delegate* unmanaged<nint, delegate* unmanaged<nint, nuint, void>, nuint, nuint, nint, nint>)
            Table[KernelContextParallelForIndex];
        Check(run(context, function, (nuint)total, (nuint)total, state));
    }

    /// <exception cref="InvalidOperationException">The status is an error, whose message this has.</exception>
    public static void Check(nint status)
    {
        if (status != 0)
        {
            var message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Table[GetErrorMessageIndex])(status));
            ((delegate* unmanaged<nint, void>)Table[ReleaseStatusIndex])(status);
            throw new InvalidOperationException(message);
        }
    }

    /// <summary>The functions of a version of the interface.</summary>
    public static void** TableOf(uint version)
    {
        // OrtApiBase: GetApi, GetVersionString.
        var getApi = (delegate* unmanaged<uint, void**>)OrtGetApiBase()[0];
        var table = getApi(version);
        return table is not null ? table : throw new NotSupportedException($"This ONNX Runtime has no interface of version {version}.");
    }

    [LibraryImport("onnxruntime")]
    private static partial void** OrtGetApiBase();
}
