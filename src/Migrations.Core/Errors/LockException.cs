namespace Migrations;

/// <summary>The migration lock was not got in time, or was lost.</summary>
/// <param name="id">The cause.</param>
/// <param name="message">What happened, and who holds the lock.</param>
/// <param name="nextStep">What to do next.</param>
/// <param name="holder">Who holds the lock, as far as it is known.</param>
public sealed class LockException(ErrorId id, string message, Advice nextStep, LockHolder? holder)
    : MigrationException(id, message, nextStep)
{
    /// <summary>Who holds the lock, as far as it is known.</summary>
    public LockHolder? Holder { get; } = holder;
}
