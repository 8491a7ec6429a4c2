namespace Migrations;

/// <summary>When a hook of a migration folder runs.</summary>
public enum HookPoint
{
    /// <summary>Before the first step of a run, up or down; nothing has been touched.</summary>
    BeforeRun,

    /// <summary>Before each step, up or down, in its transaction.</summary>
    BeforeEach,

    /// <summary>Before each step down, after <see cref="BeforeEach"/>, in its transaction.</summary>
    BeforeUndo,

    /// <summary>After each step down, before <see cref="AfterEach"/>, in its transaction.</summary>
    AfterUndo,

    /// <summary>After each step, up or down, in its transaction.</summary>
    AfterEach,

    /// <summary>After the last step of a run.</summary>
    AfterRun,

    /// <summary>When a run has failed, after what failed was rolled back and recorded.</summary>
    OnError,
}
