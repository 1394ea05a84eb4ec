using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Providers;

/// <summary>
/// The GPUs that the system's Vulkan loader knows, with what WebGPU does not tell: their memory. The structures are those of vulkan_core.h,
/// read by offsets.
/// </summary>
internal static unsafe class VulkanAdapters
{
    private const int Success = 0;

    // Values of VkStructureType.
    private const int ApplicationInfoType = 0;
    private const int InstanceCreateInfoType = 1;
    private const int SubgroupPropertiesType = 1000094000;
    private const int Properties2Type = 1000059001;
    private const int Features2Type = 1000059000;
    private const int MemoryProperties2Type = 1000059006;
    private const int Float16Int8FeaturesType = 1000082000;
    private const int Storage16BitFeaturesType = 1000083000;
    private const int MemoryBudgetType = 1000237000;

    private const uint Version11 = (1u << 22) | (1u << 12);

    // VkPhysicalDeviceProperties: five numbers, the name, the cache's identity, the limits.
    private const int PropertiesBytes = 824;
    private const int NameOffset = 20;
    private const int StorageRangeOffset = 324;

    // VkPhysicalDeviceMemoryProperties: types, then heaps of a size and flags each.
    private const int MemoryBytes = 520;
    private const int HeapCountOffset = 260;
    private const int HeapsOffset = 264;
    private const int HeapBytes = 16;
    private const uint DeviceLocal = 1;

    private const int ExtensionBytes = 260;
    private const string BudgetExtension = "VK_EXT_memory_budget";

    public static string LoaderName => OperatingSystem.IsWindows() ? "vulkan-1.dll" : "libvulkan.so.1";

    public static bool IsLoaderThere => NativeLibrary.TryLoad(LoaderName, out _);

    /// <summary>None where there is no loader of Vulkan 1.1 or no driver.</summary>
    public static IReadOnlyList<GpuAdapter> List()
    {
        if (!NativeLibrary.TryLoad(LoaderName, out var loader)
            || !NativeLibrary.TryGetExport(loader, "vkGetPhysicalDeviceMemoryProperties2", out _))
        {
            return [];
        }

        var instance = CreateInstance(loader);
        if (instance == 0) return [];
        try
        {
            return [.. Devices(loader, instance).Select((device, index) => Describe(loader, device, index))];
        }
        finally
        {
            ((delegate* unmanaged<nint, nint, void>)Function(loader, "vkDestroyInstance"))(instance, 0);
        }
    }

    private static nint CreateInstance(nint loader)
    {
        // sType, pNext, pApplicationName, applicationVersion, pEngineName, engineVersion, apiVersion.
        var application = stackalloc byte[48];
        new Span<byte>(application, 48).Clear();
        *(int*)application = ApplicationInfoType;
        *(uint*)(application + 44) = Version11;

        // sType, pNext, flags, pApplicationInfo, and no layers and extensions.
        var info = stackalloc byte[64];
        new Span<byte>(info, 64).Clear();
        *(int*)info = InstanceCreateInfoType;
        *(byte**)(info + 24) = application;
        nint instance;
        var create = (delegate* unmanaged<byte*, nint, nint*, int>)Function(loader, "vkCreateInstance");
        return create(info, 0, &instance) == Success ? instance : 0;
    }

    private static nint[] Devices(nint loader, nint instance)
    {
        var enumerate = (delegate* unmanaged<nint, uint*, nint*, int>)Function(loader, "vkEnumeratePhysicalDevices");
        uint count = 0;
        if (enumerate(instance, &count, null) != Success || count == 0) return [];
        var devices = new nint[count];
        fixed (nint* first = devices)
        {
            return enumerate(instance, &count, first) == Success ? devices[..(int)count] : [];
        }
    }

    private static GpuAdapter Describe(nint loader, nint device, int index)
    {
        // sType, pNext, the lanes, and what they can do together.
        var subgroup = stackalloc int[8];
        new Span<int>(subgroup, 8).Clear();
        subgroup[0] = SubgroupPropertiesType;
        var all = stackalloc byte[16 + PropertiesBytes];
        new Span<byte>(all, 16 + PropertiesBytes).Clear();
        *(int*)all = Properties2Type;
        *(int**)(all + 8) = subgroup;
        ((delegate* unmanaged<nint, byte*, void>)Function(loader, "vkGetPhysicalDeviceProperties2"))(device, all);
        var properties = all + 16;
        var name = Marshal.PtrToStringUTF8((nint)(properties + NameOffset)) ?? "";
        var (memory, free) = Memory(loader, device);
        return new GpuAdapter(
            index, name, KindOf(*(int*)(properties + 16)), *(uint*)(properties + 8), *(uint*)(properties + 12))
        {
            MemoryBytes = memory,
            FreeBytes = free,
            LargestBufferBytes = *(uint*)(properties + StorageRangeOffset),
            Features = Features(loader, device),
            SubgroupLanes = subgroup[4] > 0 ? subgroup[4] : null,
        };
    }

    private static GpuKind KindOf(int type) => type switch
    {
        1 => GpuKind.Integrated,
        2 => GpuKind.Discrete,
        3 => GpuKind.Virtual,
        4 => GpuKind.Cpu,
        _ => GpuKind.Other,
    };

    /// <summary>The device's largest heap of its own: a card shows a window to it as another one.</summary>
    private static (long Bytes, long? Free) Memory(nint loader, nint device)
    {
        // sType, pNext, budget and use of each of 16 heaps.
        var budget = stackalloc ulong[2 + 32];
        new Span<ulong>(budget, 2 + 32).Clear();
        *(int*)budget = MemoryBudgetType;
        var hasBudget = HasExtension(loader, device, BudgetExtension);
        var memory = stackalloc byte[16 + MemoryBytes];
        new Span<byte>(memory, 16 + MemoryBytes).Clear();
        *(int*)memory = MemoryProperties2Type;
        *(ulong**)(memory + 8) = hasBudget ? budget : null;
        ((delegate* unmanaged<nint, byte*, void>)Function(loader, "vkGetPhysicalDeviceMemoryProperties2"))(device, memory);
        var heaps = memory + 16 + HeapsOffset;
        var best = -1;
        for (var heap = 0; heap < *(uint*)(memory + 16 + HeapCountOffset); heap++)
        {
            if ((*(uint*)(heaps + (heap * HeapBytes) + 8) & DeviceLocal) != 0 && (best < 0 || Size(heap) > Size(best))) best = heap;
        }

        if (best < 0) return (0, null);
        return (Size(best), hasBudget ? Math.Max(0, (long)budget[2 + best] - (long)budget[18 + best]) : null);

        long Size(int heap) => *(long*)(heaps + (heap * HeapBytes));
    }

    private static bool HasExtension(nint loader, nint device, string name)
    {
        var enumerate = (delegate* unmanaged<nint, byte*, uint*, byte*, int>)Function(loader, "vkEnumerateDeviceExtensionProperties");
        uint count = 0;
        if (enumerate(device, null, &count, null) != Success || count == 0) return false;
        fixed (byte* all = new byte[count * ExtensionBytes])
        {
            if (enumerate(device, null, &count, all) != Success) return false;
            for (var i = 0; i < count; i++)
            {
                if (Marshal.PtrToStringUTF8((nint)(all + (i * ExtensionBytes))) == name) return true;
            }
        }

        return false;
    }

    /// <summary>WebGPU computes in 16 bits where arithmetic and buffers can both be of them.</summary>
    private static string[] Features(nint loader, nint device)
    {
        // Both: sType, pNext, then one number a feature.
        var arithmetic = stackalloc int[6];
        new Span<int>(arithmetic, 6).Clear();
        arithmetic[0] = Float16Int8FeaturesType;
        var storage = stackalloc int[8];
        new Span<int>(storage, 8).Clear();
        storage[0] = Storage16BitFeaturesType;
        *(int**)(storage + 2) = arithmetic;
        var features = stackalloc byte[16 + 224];
        new Span<byte>(features, 16 + 224).Clear();
        *(int*)features = Features2Type;
        *(int**)(features + 8) = storage;
        ((delegate* unmanaged<nint, byte*, void>)Function(loader, "vkGetPhysicalDeviceFeatures2"))(device, features);
        var (half, buffer) = (arithmetic[4] != 0, storage[4] != 0);
        return half && buffer ? [GpuAdapter.HalfFeature] : [];
    }

    private static nint Function(nint loader, string name) => NativeLibrary.GetExport(loader, name);
}
