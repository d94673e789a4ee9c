<?php

function greeting(): string
{
    return "ok";
}
