using System.Reflection;
using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Kernels.Interop;

namespace Qwen35Batch.Inference.Tests.Kernels.Interop;

public sealed class OrtFunctionsTests
{
    /// <summary>The managed package mirrors the C interface field by field.</summary>
    [Fact]
    public void Every_function_is_where_the_managed_package_has_it()
    {
        var fields = typeof(OrtApi)
            .GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Select(field => field.Name)
            .ToList();

        var all = OrtFunctions.Indexes.Concat(OrtAssignments.Indexes).ToList();
        var known = all.Where(function => fields.Contains(function.Key)).ToList();
        Assert.Equal(all.Count, known.Count);
        Assert.All(known, function => Assert.Equal(fields.IndexOf(function.Key), function.Value));
    }
}
