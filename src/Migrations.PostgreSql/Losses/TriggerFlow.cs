namespace Migrations.PostgreSql;

/// <summary>
/// Follows a trigger function as far as one event takes it: through branches that ask what has fired it, and up to what returns or raises
/// (<see href="https://www.postgresql.org/docs/current/plpgsql-control-structures.html"/>). When in doubt a place counts as reached.
/// </summary>
/// <param name="words">The body.</param>
/// <param name="event">The event, in capital letters.</param>
internal sealed class TriggerFlow(StatementWords words, string @event)
{
    private readonly Stack<Block> _blocks = new();
    private bool _isReached = true;

    /// <summary>The places of the body that the event may reach, each with whether a statement begins there.</summary>
    public IEnumerable<(int At, bool Begins)> Reached()
    {
        var begins = true;
        for (var at = 0; words[at].Length > 0; at++)
        {
            // What stands behind is still part of the statement that returns or raises.
            if (begins && _blocks.TryPeek(out var block) && block.Ends)
                (_isReached, block.Ends) = (false, false);
            Observe(ref at, begins);
            if (_isReached)
                yield return (at, begins);
            begins = words[at] is ";" or "BEGIN" or "THEN" or "ELSE" or "LOOP" or ">";
        }
    }

    private void Observe(ref int at, bool begins)
    {
        switch (words[at])
        {
            case "IF" when begins:
                _blocks.Push(new Block(_isReached) { IsIf = true, Rest = _isReached });
                Enter(ref at);
                break;
            case "ELSIF" or "ELSEIF" when begins && _blocks.TryPeek(out var block) && block.IsIf:
                block.Leave(_isReached);
                Enter(ref at);
                break;
            case "ELSE" or "WHEN" or "EXCEPTION" or "END" when _blocks.TryPeek(out var block):
                Turn(block, ref at, begins);
                break;
            case "BEGIN" or "LOOP" or "CASE":
                _blocks.Push(new Block(_isReached));
                break;
            case "RETURN" or "RAISE" when begins && _blocks.TryPeek(out var block) && Ends(at):
                block.Ends = true;
                break;
        }
    }

    private bool Ends(int at) => words[at] is "RETURN" || words[at + 1] is not ("NOTICE" or "WARNING" or "INFO" or "LOG" or "DEBUG");

    private void Enter(ref int at)
    {
        var condition = new List<string>();
        while (words[++at].Length > 0 && words[at] is not "THEN")
            condition.Add(words[at]);
        var block = _blocks.Peek();
        var holds = TriggerCondition.Holds(condition, @event);
        _isReached = block.Rest && holds is not false;
        block.Rest &= holds is not true;
    }

    private void Turn(Block block, ref int at, bool begins)
    {
        if (words[at] is "END")
        {
            block.Leave(_isReached);
            _isReached = block.IsIf ? block.Left || block.Rest : block.Entry;
            _blocks.Pop();
            at += words[at + 1] is "IF" or "LOOP" or "CASE" ? 1 : 0;
        }
        else if (!block.IsIf)
        {
            _isReached = block.Entry;
        }
        else if (begins && words[at] is "ELSE")
        {
            block.Leave(_isReached);
            (_isReached, block.Rest) = (block.Rest, false);
        }
    }

    private sealed class Block(bool entry)
    {
        public bool Entry { get; } = entry;

        public bool IsIf { get; init; }

        /// <summary>Whether none of the conditions so far need have held.</summary>
        public bool Rest { get; set; }

        /// <summary>Whether the end of a branch so far is reached.</summary>
        public bool Left { get; private set; }

        /// <summary>Whether the statement that is being read goes no further.</summary>
        public bool Ends { get; set; }

        public void Leave(bool isReached)
        {
            Left |= isReached && !Ends;
            Ends = false;
        }
    }
}
