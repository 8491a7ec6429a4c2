using System.Collections;
using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>
/// Runs migrations and hooks that are written in PowerShell: on the pipeline's thread, while the engine waits on its own.
/// </summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="queue">The way to the pipeline's thread.</param>
internal sealed class PipelineCode(PSCmdlet cmdlet, WriteQueue queue) : ICodeHost
{
    /// <inheritdoc/>
    public IReadOnlyList<FileProblem> Check(MigrationScript script) =>
        new PipelineBlock(cmdlet, script.File, script.Code!.Text).Check(script.Code.IsWhole ? null : "up");

    /// <inheritdoc/>
    public Task RunAsync(MigrationScript script, CodeContext context)
    {
        var block = new PipelineBlock(cmdlet, script.File, script.Code!.Text);
        Run(() =>
            block.Run(
                context.Direction == MigrationDirection.Up ? "up" : "down",
                new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["Connection"] = context.Connection,
                    ["Transaction"] = context.Transaction,
                    ["Variables"] = Table(context.Variables),
                }
            )
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RunHookAsync(MigrationScript script, HookContext context)
    {
        var block = new PipelineBlock(cmdlet, script.File, script.Code!.Text);
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Plan"] = context.Plan.ToArray(),
            ["Result"] = context.Results.ToArray(),
            ["Failure"] = context.Failure,
            ["Connection"] = context.Connection,
            ["Transaction"] = context.Transaction,
            ["Variables"] = Table(context.Variables),
            // As hooks in SQL spell them: PowerShell reads ${run_id} so.
            ["migration"] = context.Migration,
            ["direction"] = context.Direction == MigrationDirection.Up ? "up" : "down",
            ["run_id"] = context.RunId.ToString(),
        };
        Run(() => block.Run(function: null, variables));
        return Task.CompletedTask;
    }

    private static Hashtable Table(IReadOnlyDictionary<string, string> variables)
    {
        var table = new Hashtable(StringComparer.Ordinal);
        foreach (var (name, value) in variables)
            table[name] = value;
        return table;
    }

    /// <summary>Runs a block on the pipeline's thread and waits for it.</summary>
    /// <exception cref="CodeException">It failed.</exception>
    /// <exception cref="OperationCanceledException">The pipeline is stopping.</exception>
    public void Run(Action block)
    {
        CodeException? failure = null;
        var isDone = false;
        // What is known of the work that waits goes along: on which database it is.
        var place = ExecutionContext.Capture();
        queue.PostAndWait(() =>
        {
            try
            {
                if (place is null)
                    block();
                else
                    ExecutionContext.Run(place, _ => block(), state: null);
                isDone = true;
            }
            catch (CodeException e)
            {
                failure = e;
            }
        });
        if (failure is not null)
            throw failure;
        if (!isDone)
            throw new OperationCanceledException("The pipeline is stopping.");
    }
}
