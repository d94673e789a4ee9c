<?php

namespace Hello;

final class Greeting
{
    public const TEXT = "hello from php\n";
}
