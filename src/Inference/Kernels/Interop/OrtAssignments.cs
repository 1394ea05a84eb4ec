using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Qwen35Batch.Inference.Kernels.Interop;

/// <summary>Asks ONNX Runtime which provider computes which nodes of a session: the managed package does not offer it.</summary>
internal static unsafe class OrtAssignments
{
    private const uint Version = 24;

    private const string Setting = "session.record_ep_graph_assignment_info";

    private const int GetAssignmentIndex = 407;
    private const int GetProviderIndex = 408;
    private const int GetNodesIndex = 409;
    private const int GetOperatorTypeIndex = 412;

    private static readonly Lazy<nint> Table = new(() => (nint)OrtFunctions.TableOf(Version));

    /// <summary>Where each function is, by its name in the C header.</summary>
    public static IReadOnlyDictionary<string, int> Indexes { get; } = new Dictionary<string, int>
    {
        ["Session_GetEpGraphAssignmentInfo"] = GetAssignmentIndex,
        ["EpAssignedSubgraph_GetEpName"] = GetProviderIndex,
        ["EpAssignedSubgraph_GetNodes"] = GetNodesIndex,
        ["EpAssignedNode_GetOperatorType"] = GetOperatorTypeIndex,
    };

    /// <summary>1.24 and newer can be asked.</summary>
    private static bool IsOffered { get; } =
        System.Version.TryParse(OrtEnv.Instance().GetVersionString().Split('-', '+')[0], out var version)
            && version >= new Version(1, (int)Version);

    /// <summary>Only a session that was made with this can be asked.</summary>
    public static void Record(SessionOptions options)
    {
        if (IsOffered) options.AddSessionConfigEntry(Setting, "1");
    }

    /// <summary>
    /// ONNX Runtime's name of the provider and the operator of each node, after the graph was simplified. Nodes of providers that arrange
    /// pictures in another way, as WebGpu's does, are left out by 1.30. Null where it is too old to say.
    /// </summary>
    public static IReadOnlyList<(string Provider, string Operator)>? Of(InferenceSession session)
    {
        if (!IsOffered) return null;
        var table = (void**)Table.Value;
        nint* parts;
        nuint count;
        OrtFunctions.Check(
            ((delegate* unmanaged<nint, nint**, nuint*, nint>)table[GetAssignmentIndex])(Handle(session), &parts, &count));
        var nodes = new List<(string, string)>();
        for (nuint i = 0; i < count; i++)
        {
            var provider = Text(GetProviderIndex, parts[i]);
            nint* members;
            nuint size;
            OrtFunctions.Check(((delegate* unmanaged<nint, nint**, nuint*, nint>)table[GetNodesIndex])(parts[i], &members, &size));
            for (nuint node = 0; node < size; node++) nodes.Add((provider, Text(GetOperatorTypeIndex, members[node])));
        }

        GC.KeepAlive(session);
        return nodes;
    }

    private static string Text(int function, nint of)
    {
        byte* text;
        OrtFunctions.Check(((delegate* unmanaged<nint, byte**, nint>)((void**)Table.Value)[function])(of, &text));
        return Marshal.PtrToStringUTF8((nint)text) ?? "";
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Handle")]
    private static extern nint Handle(InferenceSession session);
}
