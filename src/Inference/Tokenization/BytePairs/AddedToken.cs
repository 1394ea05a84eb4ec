namespace Qwen35Batch.Inference.Tokenization.BytePairs;

/// <summary>A token that is found in a text as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether it is no part of an answer's text, as <c>&lt;|im_end|&gt;</c>; <c>&lt;tool_call&gt;</c> is.</param>
internal sealed record AddedToken(int Id, string Content, bool Special);
