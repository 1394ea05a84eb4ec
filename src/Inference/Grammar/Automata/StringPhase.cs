namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>Where in a string's text a byte ends.</summary>
internal enum StringPhase : byte
{
    /// <summary>Before the opening quote.</summary>
    Before,

    /// <summary>Between two characters.</summary>
    Between,

    /// <summary>After the closing quote.</summary>
    Done,

    /// <summary>One, two or three more continuation bytes, each from 80 to BF.</summary>
    Continue1,
    Continue2,
    Continue3,

    /// <summary>After E0, ED, F0 and F4, whose second byte is limited: no overlong forms, no surrogates, nothing above U+10FFFF.</summary>
    AfterE0,
    AfterED,
    AfterF0,
    AfterF4,

    /// <summary>After a backslash.</summary>
    Escape,

    /// <summary>After <c>\u</c>.</summary>
    Hex,

    /// <summary>Three, two or one hex digits to come.</summary>
    Hex3,
    Hex2,
    Hex1,

    /// <summary>The same after zeros only: PostgreSQL's jsonb refuses U+0000, so it is never written.</summary>
    Zero3,
    Zero2,
    Zero1,

    /// <summary>After <c>\uD</c>: a high surrogate or a character below the surrogates.</summary>
    HexD,

    /// <summary>Inside a high surrogate, then inside the low one that must follow.</summary>
    High2,
    High1,
    LowBackslash,
    LowU,
    LowD,
    Low3,
    Low2,
    Low1,

    /// <summary>No string goes on so.</summary>
    Invalid,
}
