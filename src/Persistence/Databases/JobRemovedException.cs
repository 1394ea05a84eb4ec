namespace Qwen35Batch.Persistence.Databases;

/// <summary>A job that was there a moment ago was removed meanwhile: what is tried again does not find it.</summary>
internal sealed class JobRemovedException() : Exception("The job was removed meanwhile.");
